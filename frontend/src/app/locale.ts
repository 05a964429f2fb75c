/**
 * The reader's locale for dates and numbers, whatever language the sentences are in: 12.5. stays 12.5.
 * for a German reading English.
 */
export function readerLocale(): string {
  const wanted = navigator.languages.find((tag) => tag.length > 0) ?? "en";
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([wanted])[0] ?? "en";
  } catch {
    return "en";
  }
}
