import { KilnError } from "../errors.ts";

const todo = {
  en: "Use {name} {seq} {seq:4} {date} {date:YYYY-MM-DD} {time} {camera} {burst} {rank} {stars} {label}.",
  ko: "{name} {seq} {seq:4} {date} {date:YYYY-MM-DD} {time} {camera} {burst} {rank} {stars} {label} 중에서 사용하세요.",
};

export function patternUnknownField(field: string): KilnError {
  return new KilnError(
    "pattern-unknown-field",
    { en: `There is no field {${field}}.`, ko: `{${field}} 필드는 없습니다.` },
    todo,
  );
}

export function patternBraces(): KilnError {
  return new KilnError(
    "pattern-braces",
    { en: "A brace is not closed or not opened.", ko: "중괄호의 짝이 맞지 않습니다." },
    todo,
  );
}

export function patternEmpty(): KilnError {
  return new KilnError(
    "pattern-empty",
    { en: "The name is empty.", ko: "이름이 비어 있습니다." },
    todo,
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
