/**
 * What the page may do, said to the browser with every answer. Nothing inline, nothing from elsewhere: 'self' covers
 * the WebSocket of the browser host as well (CSP3, 6.7.2.8). blob: is for pictures that the page draws itself.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const unusedFeatures = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
];

/**
 * Headers of every answer. COOP and COEP isolate the page from other origins, which SharedArrayBuffer asks for; no
 * referrer, since the address of the browser host carries its token.
 */
export const securityHeaders: readonly (readonly [string, string])[] = [
  ["content-security-policy", contentSecurityPolicy],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-embedder-policy", "require-corp"],
  ["cross-origin-resource-policy", "same-origin"],
  ["permissions-policy", unusedFeatures.map((feature) => `${feature}=()`).join(", ")],
  ["referrer-policy", "no-referrer"],
  ["x-content-type-options", "nosniff"],
];
