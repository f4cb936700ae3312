/**
 * The events that an application itself tells its people, by name, and what they carry: declare them once, and
 * `UserMessages.emitToUser` takes no others [M1]. A name that the protocol uses is refused when it is emitted.
 *
 * @example
 * declare module '@harmonia/contract' {
 *   interface UserEvents {
 *     'analysis:completed': { interviewId: string; message: string };
 *   }
 * }
 */
export interface UserEvents {}

/** The name of an event that the application has declared in {@link UserEvents}. */
export type UserEventName = keyof UserEvents & string;

/** Such an event as it arrives: what was said, and when, as ISO 8601. */
export type UserEventPayload<Name extends UserEventName> = UserEvents[Name] & { readonly timestamp: string };
