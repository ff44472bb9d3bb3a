import type { Exif } from "sharp";
import type { PlannedFrame, PlannedScene } from "./plan.ts";

/** One photo of the plan: frame number `index` of its scene. */
export interface PlannedPhoto {
  readonly planned: PlannedScene;
  readonly frame: PlannedFrame;
  readonly index: number;
}

/** What the camera says of a photo, in the words of sharp's `withExif` (IFD2 is Exif, IFD3 is GPS). */
export function describeExif({ planned, frame, index }: PlannedPhoto): Exif {
  const taken = new Date(planned.capturedAt + index * planned.interval).toISOString();
  const time = taken.slice(0, 19).replaceAll("-", ":").replace("T", " ");
  const milliseconds = taken.slice(20, 23);
  const { place } = planned;
  return {
    IFD0: {
      Make: "Kiln",
      Model: "Sample Camera",
      Software: "Kiln sample project",
      DateTime: time,
    },
    IFD2: {
      ExposureTime: frame.exposure,
      FNumber: planned.fNumber,
      ISOSpeedRatings: String(frame.iso),
      FocalLength: `${planned.focalLength}/1`,
      LensModel: `Kiln ${planned.focalLength}mm`,
      DateTimeOriginal: time,
      SubSecTimeOriginal: milliseconds,
      OffsetTimeOriginal: "+09:00",
      ColorSpace: planned.isWide ? "65535" : "1",
    },
    ...(place === null
      ? {}
      : {
          IFD3: {
            GPSLatitudeRef: "N",
            GPSLatitude: sexagesimal(place.latitude),
            GPSLongitudeRef: "E",
            GPSLongitude: sexagesimal(place.longitude),
          },
        }),
  };
}

/** Degrees, minutes and hundredths of seconds as EXIF rationals. */
function sexagesimal(degrees: number): string {
  const minutes = (degrees - Math.floor(degrees)) * 60;
  const hundredths = Math.round((minutes - Math.floor(minutes)) * 6000);
  return `${Math.floor(degrees)}/1 ${Math.floor(minutes)}/1 ${hundredths}/100`;
}
