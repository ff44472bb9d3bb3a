import type { Language } from "../messages/language.ts";

/** "1/250 s", "0.5 s", "30 s": as cameras show it. */
export function shutterText(seconds: number): string {
  if (seconds <= 0) return "";
  if (seconds < 0.3) return `1/${Math.round(1 / seconds)} s`;
  return `${Number(seconds.toFixed(1))} s`;
}

/** "f/2.8", "f/11". */
export function apertureText(fNumber: number): string {
  return `f/${Number(fNumber.toFixed(1))}`;
}

/** "50 mm", "23.5 mm". */
export function focalText(millimetres: number): string {
  return `${Number(millimetres.toFixed(1))} mm`;
}

/** "37.56650° N, 126.97800° E": five digits are a metre. */
export function placeText(latitude: number, longitude: number): string {
  const north = `${Math.abs(latitude).toFixed(5)}° ${latitude < 0 ? "S" : "N"}`;
  const east = `${Math.abs(longitude).toFixed(5)}° ${longitude < 0 ? "W" : "E"}`;
  return `${north}, ${east}`;
}

/** "+09:00". */
export function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "−" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/**
 * The capture's wall clock in the person's language. It is never moved into another time zone: what the camera's clock
 * said is what was.
 * @param local "YYYY-MM-DDTHH:mm:ss" with or without a fraction
 */
export function captureText(local: string, language: string): string {
  const time = Date.parse(`${local}Z`);
  if (Number.isNaN(time)) return local;
  return new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: "medium",
    timeZone: "UTC",
  }).format(time);
}

/** "24.0 MP". */
export function megapixelText(width: number, height: number): string {
  const millions = (width * height) / 1e6;
  return `${millions.toFixed(millions < 10 ? 2 : 1)} MP`;
}

/** "27 %", never broken before the sign; in Korean "27%". */
export function percentText(percent: number | string, language: Language): string {
  return language === "ko" ? `${percent}%` : `${percent}\u00a0%`;
}

/** A share 0..1 as percent: "0.3 %", "12 %", "0 %"; a trace is not nothing: "< 0.1 %". */
export function shareText(share: number, language: Language): string {
  const percent = share * 100;
  if (percent === 0) return percentText(0, language);
  if (percent < 0.1) return `<\u00a0${percentText("0.1", language)}`;
  return percentText(percent < 10 ? percent.toFixed(1) : Math.round(percent), language);
}

/** A relative difference: "+12 %", "−8 %", "±0 %". */
export function differenceText(ratio: number, language: Language): string {
  const percent = Math.round((ratio - 1) * 100);
  const sign = percent === 0 ? "±" : percent > 0 ? "+" : "−";
  return percentText(`${sign}${Math.abs(percent)}`, language);
}
