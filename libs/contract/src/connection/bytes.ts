import * as v from 'valibot';

/** Whether this is what Socket.IO makes of an attachment: a buffer, or a view of one, of whichever realm. */
export const isBytes = (sent: unknown): sent is ArrayBuffer =>
  ArrayBuffer.isView(sent) || Object.prototype.toString.call(sent) === '[object ArrayBuffer]';

/** Bytes beside the JSON of a message. */
export const BytesSchema = v.custom<ArrayBuffer>(isBytes, 'These are bytes.');
