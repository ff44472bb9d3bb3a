import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";

const photoFields =
  "{name} {seq} {seq:4} {date} {date:YYYY-MM-DD} {time} {camera} {burst} {rank} {stars} {label}";

/** @param fields those that there are, for the person to choose from */
export function patternUnknownField(field: string, fields = photoFields): KilnError {
  return new KilnError(
    "pattern-unknown-field",
    { en: `There is no field {${field}}.`, ko: `{${field}} 필드는 없습니다.` },
    choose(fields),
  );
}

export function patternBraces(): KilnError {
  return new KilnError(
    "pattern-braces",
    { en: "A brace is not closed or not opened.", ko: "중괄호의 짝이 맞지 않습니다." },
    { en: "Write fields as {name}.", ko: "필드는 {name}처럼 적으세요." },
  );
}

export function patternEmpty(): KilnError {
  return new KilnError(
    "pattern-empty",
    { en: "The name is empty.", ko: "이름이 비어 있습니다." },
    { en: "Write a name, {name} for instance.", ko: "{name}처럼 이름을 적으세요." },
  );
}

export function patternWithFolder(): KilnError {
  return new KilnError(
    "pattern-with-folder",
    {
      en: "A file name can't contain “/” or “\\”.",
      ko: "파일 이름에는 “/”나 “\\”를 쓸 수 없습니다.",
    },
    { en: "Put folders into the field for subfolders.", ko: "폴더는 하위 폴더 칸에 적으세요." },
  );
}

export function patternLeaves(): KilnError {
  return new KilnError(
    "pattern-leaves",
    {
      en: "Subfolders must stay below the destination.",
      ko: "하위 폴더는 저장할 폴더 안에 있어야 합니다.",
    },
    {
      en: "Leave out “..”, a leading “/” and drive letters.",
      ko: "“..”, 맨 앞의 “/”, 드라이브 문자를 빼세요.",
    },
  );
}

function choose(fields: string): Localized {
  return { en: `Use ${fields}.`, ko: `${fields} 중에서 사용하세요.` };
}
