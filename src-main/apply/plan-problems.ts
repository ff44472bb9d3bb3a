import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { sizeText } from "./size-text.ts";

const chooseOther: Localized = { en: "Choose another folder.", ko: "다른 폴더를 선택하세요." };

export function destinationNeeded(): KilnError {
  return new KilnError(
    "destination-needed",
    {
      en: "Where the picks are to go has not been chosen.",
      ko: "채택한 사진을 넣을 곳을 아직 고르지 않았습니다.",
    },
    { en: "Choose a destination.", ko: "넣을 곳을 선택하세요." },
  );
}

export function destinationMissing(path: string): KilnError {
  return new KilnError(
    "destination-missing",
    {
      en: `The folder “${path}” is not there any more.`,
      ko: `“${path}” 폴더가 더 이상 없습니다.`,
    },
    {
      en: "Connect its drive again, or choose another folder.",
      ko: "드라이브를 다시 연결하거나 다른 폴더를 선택하세요.",
    },
  );
}

export function destinationNotFolder(path: string): KilnError {
  return new KilnError(
    "destination-not-a-folder",
    { en: `“${path}” is not a folder.`, ko: `“${path}”은(는) 폴더가 아닙니다.` },
    chooseOther,
  );
}

export function destinationUnwritable(path: string, cause?: unknown): KilnError {
  return new KilnError(
    "destination-unwritable",
    {
      en: `Kiln can't write to “${path}”. It is read-only, or belongs to someone else.`,
      ko: `“${path}”에 쓸 수 없습니다. 읽기 전용이거나 다른 사용자의 폴더입니다.`,
    },
    {
      en: "Allow writing to this folder, or choose another one.",
      ko: "이 폴더에 쓸 수 있게 하거나 다른 폴더를 선택하세요.",
    },
    { cause },
  );
}

export function destinationOnCard(card: string): KilnError {
  return new KilnError(
    "destination-on-card",
    {
      en: `“${card}” is a camera card. Kiln never writes to a card.`,
      ko: `“${card}”은(는) 카메라 카드입니다. Kiln은 카드에 절대 쓰지 않습니다.`,
    },
    {
      en: "Choose a folder on this computer or on another drive.",
      ko: "이 컴퓨터나 다른 드라이브의 폴더를 선택하세요.",
    },
  );
}

export function secondCopyIsFirst(path: string): KilnError {
  return new KilnError(
    "second-copy-is-first",
    {
      en: `The second copy would go to the same folder: “${path}”.`,
      ko: `두 번째 사본도 같은 폴더(“${path}”)로 가게 됩니다.`,
    },
    {
      en: "Choose another folder for the second copy, best on another drive.",
      ko: "두 번째 사본은 다른 폴더, 가능하면 다른 드라이브로 정하세요.",
    },
  );
}

export function leavesDestination(path: string): KilnError {
  return new KilnError(
    "leaves-destination",
    {
      en: `“${path}” is a link to another place.`,
      ko: `“${path}”은(는) 다른 곳을 가리키는 링크입니다.`,
    },
    {
      en: "Use another subfolder, or choose the place itself as the destination.",
      ko: "다른 하위 폴더를 쓰거나 그곳을 직접 저장할 폴더로 선택하세요.",
    },
  );
}

export function folderNameTaken(path: string): KilnError {
  return new KilnError(
    "folder-name-taken",
    {
      en: `A folder “${path}” is needed, but a file has this name.`,
      ko: `“${path}” 폴더가 필요하지만 같은 이름의 파일이 있습니다.`,
    },
    {
      en: "Use another subfolder, or rename the file.",
      ko: "다른 하위 폴더를 쓰거나 그 파일의 이름을 바꾸세요.",
    },
  );
}

export function notEnoughSpace(path: string, needed: number, free: number): KilnError {
  return new KilnError(
    "not-enough-space",
    {
      en: `The photos take ${sizeText(needed)}, but “${path}” has only ${sizeText(free)} free.`,
      ko: `사진은 ${sizeText(needed)}인데 “${path}”에는 ${sizeText(free)}만 비어 있습니다.`,
    },
    {
      en: "Free some space, or choose a folder on another drive.",
      ko: "공간을 비우거나 다른 드라이브의 폴더를 선택하세요.",
    },
  );
}

export function photosMissing(count: number): KilnError {
  return new KilnError(
    "photos-missing",
    count === 1
      ? { en: "The photo is not where it was.", ko: "사진이 원래 자리에 없습니다." }
      : {
          en: `None of the ${count} photos is where it was.`,
          ko: `사진 ${count}장이 모두 원래 자리에 없습니다.`,
        },
    {
      en: "Connect their drive, or open their folder where it is now, then try again.",
      ko: "드라이브를 연결하거나, 옮긴 폴더를 다시 연 뒤 시도하세요.",
    },
  );
}

export function photosChanged(count: number): KilnError {
  return new KilnError(
    "photos-changed",
    {
      en: `${count === 1 ? "The file of 1 photo has" : `The files of ${count} photos have`} changed since Kiln read ${count === 1 ? "it" : "them"}.`,
      ko: `Kiln이 읽은 뒤에 사진 ${count}장의 파일이 바뀌었습니다.`,
    },
    {
      en: "Wait until the folder is read again, look at your picks, then try again.",
      ko: "폴더를 다시 읽을 때까지 기다렸다가 고른 사진을 확인한 뒤 다시 시도하세요.",
    },
  );
}

export function nothingToDo(): KilnError {
  return new KilnError(
    "nothing-to-do",
    {
      en: "There is nothing to do: no photo is picked, or all are where they should be.",
      ko: "할 일이 없습니다. 고른 사진이 없거나 모두 이미 제자리에 있습니다.",
    },
    { en: "Pick photos with P, then try again.", ko: "P 키로 사진을 고른 뒤 다시 시도하세요." },
  );
}

export function movesFromCard(card: string): KilnError {
  return new KilnError(
    "source-on-card",
    {
      en: `These photos are on the camera card “${card}”. Kiln never moves or removes anything on a card.`,
      ko: `이 사진들은 카메라 카드 “${card}”에 있습니다. Kiln은 카드에 있는 것을 옮기거나 지우지 않습니다.`,
    },
    {
      en: "Copy the picks instead of moving them, and leave rejects where they are.",
      ko: "고른 사진을 옮기지 말고 복사하고, 제외한 사진은 그대로 두세요.",
    },
  );
}

export function sourceFolderUnwritable(path: string, cause?: unknown): KilnError {
  return new KilnError(
    "source-folder-unwritable",
    {
      en: `Photos can't be taken out of “${path}”. It is read-only, or belongs to someone else.`,
      ko: `“${path}”에서 사진을 옮길 수 없습니다. 읽기 전용이거나 다른 사용자의 폴더입니다.`,
    },
    {
      en: "Copy the picks instead of moving them, and leave rejects where they are.",
      ko: "고른 사진을 옮기지 말고 복사하고, 제외한 사진은 그대로 두세요.",
    },
    { cause },
  );
}

export const warnings = {
  trashOneWay: {
    en: "Undo can't take rejects back out of this system's trash. You can, in the trash itself.",
    ko: "이 시스템에서는 실행 취소로 휴지통의 사진을 되돌릴 수 없습니다. 휴지통에서 직접 복원할 수는 있습니다.",
  },
  missing: (count: number) => ({
    en: `${photos(count)} not where Kiln last saw ${count === 1 ? "it" : "them"}. Left out.`,
    ko: `사진 ${count}장이 원래 위치에 없어 제외했습니다.`,
  }),
  changed: (count: number) => ({
    en: `${photos(count)} not as Kiln last read ${count === 1 ? "it" : "them"}. Left out until the folder is read again.`,
    ko: `사진 ${count}장은 Kiln이 읽은 뒤에 파일이 바뀌어 제외했습니다. 폴더를 다시 읽으면 포함할 수 있습니다.`,
  }),
  links: (count: number) => ({
    en: `${photos(count)} only a link to a file elsewhere. Left out: links are not moved.`,
    ko: `사진 ${count}장은 다른 파일을 가리키는 링크여서 제외했습니다. 링크는 옮기지 않습니다.`,
  }),
  alreadyThere: (count: number) => ({
    en: `${photos(count)} already at the destination under the same name. Left out.`,
    ko: `사진 ${count}장은 같은 이름으로 이미 저장할 폴더에 있어 제외했습니다.`,
  }),
  insideSource: {
    en: "The destination is inside the folder you are looking at: what arrives there shows up as photos, too.",
    ko: "저장할 폴더가 지금 보고 있는 폴더 안에 있습니다. 그곳에 생기는 파일도 사진으로 나타납니다.",
  },
  otherDrive: {
    en: "The destination is on another drive: each photo is copied and verified there before it leaves here.",
    ko: "저장할 폴더가 다른 드라이브에 있습니다. 사진마다 복사하고 검증한 뒤에 원래 위치에서 뺍니다.",
  },
  almostFull: (path: string, left: number) => ({
    en: `“${path}” will have ${sizeText(left)} left.`,
    ko: `‘${path}’에 ${sizeText(left)}만 남게 됩니다.`,
  }),
};

function photos(count: number): string {
  return count === 1 ? "1 photo is" : `${count} photos are`;
}
