const MEDIA_TYPE = /^[a-z0-9][\w.+-]{0,63}\/[a-z0-9][\w.+-]{0,63}$/i;

/** A media type that was sent comes back in a header one day: what does not look like one becomes plain octets. */
export function mediaTypeOf(sent: string): string {
  return MEDIA_TYPE.test(sent) ? sent : 'application/octet-stream';
}
