import type { Localized } from "./problem.ts";

/** Menus of the menu bar, in order. */
export const menuGroups = {
  file: { en: "File", ko: "파일" },
  edit: { en: "Edit", ko: "편집" },
  photo: { en: "Photo", ko: "사진" },
  stack: { en: "Stack", ko: "묶음" },
  compare: { en: "Compare", ko: "비교" },
  view: { en: "View", ko: "보기" },
  help: { en: "Help", ko: "도움말" },
} as const satisfies Record<string, Localized>;

export type MenuGroup = keyof typeof menuGroups;

/**
 * One thing that Kiln can do, as menus, shortcuts, palette, tooltips and the key sheet know it. What it does is in the
 * page's registry, under the same id.
 */
export interface CommandInfo {
  readonly title: Localized;
  readonly group: MenuGroup;
  /**
   * Keys by their place on the keyboard (`KeyboardEvent.code`, so that a Korean layout changes nothing), with the
   * modifiers `Mod` (Ctrl, on macOS ⌘), `Shift` and `Alt` before them: "Mod+KeyK". The first one is shown.
   */
  readonly keys: readonly string[];
}

export const commands = {
  "file.open": {
    title: { en: "Open folder…", ko: "폴더 열기…" },
    group: "file",
    keys: ["Mod+KeyO"],
  },
  "file.sample": {
    title: { en: "Try the sample project", ko: "샘플 프로젝트 써 보기" },
    group: "file",
    keys: [],
  },
  "file.refresh": {
    title: { en: "Read the folder again", ko: "폴더 다시 읽기" },
    group: "file",
    keys: ["Mod+KeyR"],
  },
  "file.writeSidecars": {
    title: { en: "Write sidecars of this folder", ko: "이 폴더의 사이드카 쓰기" },
    group: "file",
    keys: [],
  },
  "file.apply": {
    title: { en: "Apply decisions…", ko: "결정 적용…" },
    group: "file",
    keys: ["Mod+Enter"],
  },
  "file.forget": {
    title: { en: "Take the folder out of Kiln", ko: "폴더를 Kiln에서 빼기" },
    group: "file",
    keys: [],
  },
  "file.settings": { title: { en: "Settings…", ko: "설정…" }, group: "file", keys: ["Mod+Comma"] },
  "edit.undo": { title: { en: "Undo", ko: "실행 취소" }, group: "edit", keys: ["Mod+KeyZ"] },
  "edit.redo": {
    title: { en: "Redo", ko: "다시 실행" },
    group: "edit",
    keys: ["Mod+Shift+KeyZ", "Mod+KeyY"],
  },
  "edit.selectAll": {
    title: { en: "Select all", ko: "모두 선택" },
    group: "edit",
    keys: ["Mod+KeyA"],
  },
  "edit.selectNone": {
    title: { en: "Select none", ko: "선택 해제" },
    group: "edit",
    keys: ["Mod+KeyD"],
  },
  "photo.pick": { title: { en: "Pick", ko: "채택" }, group: "photo", keys: ["KeyP"] },
  "photo.reject": {
    title: { en: "Reject", ko: "제외" },
    group: "photo",
    keys: ["KeyX", "Delete", "Backspace"],
  },
  "photo.unflag": { title: { en: "Unflag", ko: "표시 지우기" }, group: "photo", keys: ["KeyU"] },
  "photo.stars0": {
    title: { en: "No stars", ko: "별 없음" },
    group: "photo",
    keys: ["Digit0", "Numpad0"],
  },
  "photo.stars1": {
    title: { en: "1 star", ko: "별 1개" },
    group: "photo",
    keys: ["Digit1", "Numpad1"],
  },
  "photo.stars2": {
    title: { en: "2 stars", ko: "별 2개" },
    group: "photo",
    keys: ["Digit2", "Numpad2"],
  },
  "photo.stars3": {
    title: { en: "3 stars", ko: "별 3개" },
    group: "photo",
    keys: ["Digit3", "Numpad3"],
  },
  "photo.stars4": {
    title: { en: "4 stars", ko: "별 4개" },
    group: "photo",
    keys: ["Digit4", "Numpad4"],
  },
  "photo.stars5": {
    title: { en: "5 stars", ko: "별 5개" },
    group: "photo",
    keys: ["Digit5", "Numpad5"],
  },
  "photo.red": {
    title: { en: "Red label", ko: "빨강" },
    group: "photo",
    keys: ["Digit6", "Numpad6"],
  },
  "photo.yellow": {
    title: { en: "Yellow label", ko: "노랑" },
    group: "photo",
    keys: ["Digit7", "Numpad7"],
  },
  "photo.green": {
    title: { en: "Green label", ko: "초록" },
    group: "photo",
    keys: ["Digit8", "Numpad8"],
  },
  "photo.blue": {
    title: { en: "Blue label", ko: "파랑" },
    group: "photo",
    keys: ["Digit9", "Numpad9"],
  },
  "photo.purple": { title: { en: "Purple label", ko: "보라" }, group: "photo", keys: [] },
  "photo.noLabel": { title: { en: "No label", ko: "색 없음" }, group: "photo", keys: [] },
  "photo.rotateLeft": {
    title: { en: "Rotate left", ko: "왼쪽으로 회전" },
    group: "photo",
    keys: ["BracketLeft"],
  },
  "photo.rotateRight": {
    title: { en: "Rotate right", ko: "오른쪽으로 회전" },
    group: "photo",
    keys: ["BracketRight"],
  },
  "photo.upscale": {
    title: { en: "Upscale…", ko: "업스케일…" },
    group: "photo",
    keys: ["Shift+KeyU"],
  },
  "photo.upscalePicks": {
    title: { en: "Upscale the picks…", ko: "채택한 사진 업스케일…" },
    group: "photo",
    keys: ["Mod+Shift+KeyU"],
  },
  "photo.reveal": {
    title: { en: "Show in file manager", ko: "파일 관리자에서 보기" },
    group: "photo",
    keys: ["Mod+Shift+KeyR"],
  },
  "stack.accept": {
    title: { en: "Accept the proposal", ko: "제안 받아들이기" },
    group: "stack",
    keys: ["Enter"],
  },
  "stack.acceptAndReject": {
    title: { en: "Accept, reject the others", ko: "받아들이고 나머지 제외" },
    group: "stack",
    keys: ["Shift+Enter"],
  },
  "stack.acceptAll": {
    title: { en: "Accept all proposals", ko: "모든 제안 받아들이기" },
    group: "stack",
    keys: [],
  },
  "stack.nextTie": {
    title: { en: "Next too close to call", ko: "우열을 가리기 어려운 다음 묶음" },
    group: "stack",
    keys: ["KeyO"],
  },
  "stack.compareTie": {
    title: { en: "Compare what is too close to call", ko: "우열을 가리기 어려운 컷 비교" },
    group: "stack",
    keys: ["Shift+KeyC"],
  },
  "stack.choose": {
    title: { en: "Make this the best frame", ko: "이 컷을 베스트 컷으로" },
    group: "stack",
    keys: ["KeyB"],
  },
  "stack.split": {
    title: { en: "Split the stack from here", ko: "여기서부터 묶음 나누기" },
    group: "stack",
    keys: ["KeyS"],
  },
  "stack.merge": {
    title: { en: "Merge stacks", ko: "묶음 합치기" },
    group: "stack",
    keys: ["KeyM"],
  },
  "stack.dissolve": {
    title: { en: "Dissolve the stack", ko: "묶음 풀기" },
    group: "stack",
    keys: ["KeyD"],
  },
  "stack.dissolveAll": {
    title: { en: "Dissolve all stacks", ko: "모든 묶음 풀기" },
    group: "stack",
    keys: [],
  },
  "stack.regroup": {
    title: { en: "Group again", ko: "다시 묶기" },
    group: "stack",
    keys: [],
  },
  "stack.gap": {
    title: { en: "Burst gap…", ko: "묶음 간격…" },
    group: "stack",
    keys: ["Shift+KeyG"],
  },
  "stack.similar": {
    title: { en: "Similar photos…", ko: "비슷한 사진…" },
    group: "stack",
    keys: ["KeyV"],
  },
  "stack.collapse": {
    title: { en: "Close or open the stack", ko: "묶음 접기/펼치기" },
    group: "stack",
    keys: ["KeyT"],
  },
  "stack.collapseAll": {
    title: { en: "Close or open all stacks", ko: "모든 묶음 접기/펼치기" },
    group: "stack",
    keys: ["Shift+KeyT"],
  },
  "stack.next": {
    title: { en: "Next burst", ko: "다음 묶음" },
    group: "stack",
    keys: ["Alt+ArrowRight", "Mod+ArrowRight", "PageDown"],
  },
  "stack.previous": {
    title: { en: "Previous burst", ko: "이전 묶음" },
    group: "stack",
    keys: ["Alt+ArrowLeft", "Mod+ArrowLeft", "PageUp"],
  },
  "view.first": { title: { en: "First photo", ko: "첫 사진" }, group: "view", keys: ["Home"] },
  "view.last": { title: { en: "Last photo", ko: "마지막 사진" }, group: "view", keys: ["End"] },
  "view.grid": { title: { en: "Grid", ko: "격자" }, group: "view", keys: ["KeyG"] },
  "view.loupe": { title: { en: "Loupe", ko: "확대경" }, group: "view", keys: ["KeyE"] },
  "view.toggleLoupe": {
    title: { en: "Grid or loupe", ko: "격자/확대경 전환" },
    group: "view",
    keys: ["Space"],
  },
  "view.compare": { title: { en: "Compare", ko: "비교" }, group: "view", keys: ["KeyC"] },
  "view.survey": { title: { en: "Survey", ko: "훑어보기" }, group: "view", keys: ["KeyN"] },
  "view.zoom": { title: { en: "Zoom to 100 %", ko: "100% 확대" }, group: "view", keys: ["KeyZ"] },
  "view.zoomIn": {
    title: { en: "Zoom in", ko: "확대" },
    group: "view",
    keys: ["Equal", "NumpadAdd"],
  },
  "view.zoomOut": {
    title: { en: "Zoom out", ko: "축소" },
    group: "view",
    keys: ["Minus", "NumpadSubtract"],
  },
  "view.fill": {
    title: { en: "Fill the window", ko: "화면 채우기" },
    group: "view",
    keys: ["Shift+KeyZ"],
  },
  "view.panLeft": {
    title: { en: "Look further left", ko: "왼쪽 보기" },
    group: "view",
    keys: ["Shift+ArrowLeft"],
  },
  "view.panRight": {
    title: { en: "Look further right", ko: "오른쪽 보기" },
    group: "view",
    keys: ["Shift+ArrowRight"],
  },
  "view.panUp": {
    title: { en: "Look further up", ko: "위쪽 보기" },
    group: "view",
    keys: ["Shift+ArrowUp"],
  },
  "view.panDown": {
    title: { en: "Look further down", ko: "아래쪽 보기" },
    group: "view",
    keys: ["Shift+ArrowDown"],
  },
  "view.linkZoom": {
    title: { en: "Zoom together", ko: "함께 확대" },
    group: "view",
    keys: ["KeyL"],
  },
  "compare.crown": {
    title: { en: "Make the candidate the reference", ko: "후보를 기준으로" },
    group: "compare",
    keys: ["ArrowUp"],
  },
  "compare.swap": {
    title: { en: "Swap reference and candidate", ko: "기준과 후보 맞바꾸기" },
    group: "compare",
    keys: ["ArrowDown"],
  },
  "compare.side": {
    title: { en: "Decide on the other side", ko: "반대쪽에 결정" },
    group: "compare",
    keys: ["KeyQ"],
  },
  "compare.faces": {
    title: { en: "Face close-ups", ko: "얼굴 확대" },
    group: "compare",
    keys: ["Shift+KeyF"],
  },
  "compare.nextFace": {
    title: { en: "Another face", ko: "다른 얼굴" },
    group: "compare",
    keys: ["KeyA"],
  },
  "view.upscaled": {
    title: { en: "Upscaled photos", ko: "업스케일한 사진" },
    group: "view",
    keys: [],
  },
  "view.subject": {
    title: { en: "Show the subject", ko: "피사체 표시" },
    group: "view",
    keys: ["KeyH"],
  },
  "view.clipping": {
    title: { en: "Show clipping", ko: "날아가거나 뭉개진 부분 표시" },
    group: "view",
    keys: ["KeyJ"],
  },
  "view.peaking": {
    title: { en: "Focus peaking", ko: "초점 강조" },
    group: "view",
    keys: ["KeyK"],
  },
  "view.filmstrip": { title: { en: "Filmstrip", ko: "필름 스트립" }, group: "view", keys: ["F6"] },
  "view.panels": { title: { en: "Panels", ko: "패널" }, group: "view", keys: ["Tab"] },
  "view.ties": {
    title: { en: "Only what is too close to call", ko: "우열을 가리기 어려운 묶음만" },
    group: "view",
    keys: ["Shift+KeyO"],
  },
  "view.filters": { title: { en: "Filters", ko: "필터" }, group: "view", keys: ["Mod+KeyF"] },
  "view.jobs": { title: { en: "Jobs", ko: "작업" }, group: "view", keys: ["Mod+KeyJ"] },
  "view.bigger": { title: { en: "Bigger tiles", ko: "크게" }, group: "view", keys: ["Mod+Equal"] },
  "view.smaller": {
    title: { en: "Smaller tiles", ko: "작게" },
    group: "view",
    keys: ["Mod+Minus"],
  },
  "view.fullscreen": {
    title: { en: "Full screen", ko: "전체 화면" },
    group: "view",
    keys: ["KeyF"],
  },
  "help.palette": {
    title: { en: "All commands…", ko: "모든 명령…" },
    group: "help",
    keys: ["Mod+KeyK"],
  },
  "help.keys": {
    title: { en: "Keyboard shortcuts", ko: "단축키" },
    group: "help",
    keys: ["Shift+Slash"],
  },
  "help.diagnostics": {
    title: { en: "Copy diagnostics", ko: "진단 정보 복사" },
    group: "help",
    keys: [],
  },
} as const satisfies Record<string, CommandInfo>;

export type CommandId = keyof typeof commands;

export function isCommandId(id: string): id is CommandId {
  return Object.hasOwn(commands, id);
}
