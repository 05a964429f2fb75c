const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A random id of 14 letters and digits (72 bits): unique in a plan without asking anyone. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(14));
  let id = "";
  // 256 is not a multiple of 36; the bias costs less than a bit.
  for (const byte of bytes) id += ALPHABET.charAt(byte % ALPHABET.length);
  return id;
}
