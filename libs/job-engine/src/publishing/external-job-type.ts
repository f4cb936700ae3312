/** The type of jobs that run elsewhere: no handler here takes them, and workers report them over HTTP. */
export const EXTERNAL_JOB_TYPE = 'external';
