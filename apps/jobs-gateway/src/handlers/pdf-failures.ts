import { JobFailedError } from '@harmonia/job-engine';

/** The PDF is not one, was cut off, or is damaged. */
export const brokenPdf = (): JobFailedError =>
  new JobFailedError(
    'pdf-broken',
    'This is no whole PDF: it was cut off or damaged. Open it in a viewer, print it to a new PDF and upload that.',
  );

/** The PDF asks for a password. */
export const encryptedPdf = (): JobFailedError =>
  new JobFailedError('pdf-encrypted', 'This PDF asks for a password. Save a copy without password protection and upload that.');

/** Nothing but pictures. */
export const textlessPdf = (): JobFailedError =>
  new JobFailedError(
    'pdf-no-text',
    'No page of this PDF has text: it seems to be scanned. Run text recognition (OCR) on it and upload the result.',
  );

/** More than this server is ready to hold in memory. */
export const heavyPdf = (): JobFailedError =>
  new JobFailedError('pdf-too-heavy', 'This PDF needs more memory than the server allows for one file. Split it and upload the parts.');
