/** The frames a second that the page draws in this many milliseconds, by the times of its animation frames. */
export function frameRate(ms: number): Promise<number> {
  return new Promise((resolve) => {
    let first = 0;
    let frames = 0;
    const frame = (now: number) => {
      first ||= now;
      if (now - first >= ms) resolve((frames * 1000) / (now - first));
      else {
        frames++;
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  });
}
