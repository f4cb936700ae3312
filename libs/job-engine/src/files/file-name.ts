/** The longest name of a file, and the longest segment of a key, in bytes: file systems take 255. */
export const MAX_FILE_NAME_BYTES = 200;

/** What some file system refuses or takes as something else. */
const REFUSED = /[/\\:*?"<>|\p{C}]+/gu;

/**
 * A readable file name that every file system takes: separators and control characters become "_", dots and spaces at
 * either end go, and what is too long is cut before its extension.
 *
 * @example safeFileName('../Übersicht: Mai.md'); // '_Übersicht_ Mai.md'
 */
export function safeFileName(name: string): string {
  const cleaned = trimmed(name.normalize('NFC').replace(REFUSED, '_'));
  if (Buffer.byteLength(cleaned) <= MAX_FILE_NAME_BYTES) return cleaned || 'file';
  const extension = /\.\w{1,16}$/u.exec(cleaned)?.[0] ?? '';
  return trimmed(cut(cleaned, MAX_FILE_NAME_BYTES - Buffer.byteLength(extension))) + extension;
}

function trimmed(name: string): string {
  return name.replace(/^[.\s]+|[.\s]+$/g, '');
}

function cut(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) > bytes) break;
    kept += character;
  }
  return kept;
}
