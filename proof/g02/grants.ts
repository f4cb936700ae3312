/** The hash in which the campaign says who may see what: `yes`, `no`, or nothing, then owners and admins may. */
export const GRANTS = 'grants';

export const grantOf = (userId: string, jobId: string): string => `${userId} ${jobId}`;
