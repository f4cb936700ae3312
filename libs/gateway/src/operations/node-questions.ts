import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { NodeBus } from '../nodes/node-bus.js';
import { PresenceExchange } from '../presence/presence-exchange.js';

const TOPIC = 'operations';
/** So long is waited for nodes that do not answer, ms. */
const PATIENCE_MS = 1000;

const MessageSchema = v.variant('kind', [
  v.object({ kind: v.literal('question'), id: v.string(), question: v.unknown() }),
  v.object({ kind: v.literal('answer'), id: v.string(), answer: v.unknown() }),
]);

type Message = v.InferOutput<typeof MessageSchema>;

/** What other nodes answered, and who of those that are known did not. */
export interface NodeAnswers<Answer> {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly missing: readonly string[];
}

/**
 * Asks all other nodes something and gathers their answers, over a bus that may lose both: whoever is known and has not
 * answered within a second, or says what is not understood here, is missing.
 */
@Injectable()
export class NodeQuestions implements OnModuleInit {
  private readonly log = new Logger(NodeQuestions.name);
  private readonly hearing = new Map<string, (answer: unknown, from: string) => void>();
  private answerTo: (question: unknown) => unknown = () => null;

  constructor(
    private readonly bus: NodeBus,
    private readonly presence: PresenceExchange,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(TOPIC, (message, from) => this.hear(message, from));
  }

  /** How this node answers others; null: not at all. */
  answerWith(answer: (question: unknown) => unknown): void {
    this.answerTo = answer;
  }

  async ask<Schema extends v.GenericSchema>(question: unknown, schema: Schema): Promise<NodeAnswers<v.InferOutput<Schema>>> {
    const answers = new Map<string, v.InferOutput<Schema>>();
    const asked = this.presence.otherNodes;
    const missing = () => asked.filter((node) => !answers.has(node));
    const id = randomUUID();
    const enough = new AbortController();
    this.hearing.set(id, (answer, from) => {
      const parsed = v.safeParse(schema, answer);
      if (parsed.success) answers.set(from, parsed.output);
      if (missing().length === 0) enough.abort();
    });
    const isOut = await this.say({ kind: 'question', id, question });
    if (isOut && missing().length > 0) await wait(PATIENCE_MS, undefined, { signal: enough.signal, ref: false }).catch(() => undefined);
    this.hearing.delete(id);
    return { answers, missing: missing() };
  }

  private hear(message: unknown, from: string): void {
    const heard = v.safeParse(MessageSchema, message);
    // another version of this program may say other things
    if (!heard.success) return this.log.debug('A node said something that is not understood here.');
    const { output } = heard;
    if (output.kind === 'answer') return this.hearing.get(output.id)?.(output.answer, from);
    const answer = this.answerTo(output.question);
    if (answer !== null) void this.say({ kind: 'answer', id: output.id, answer });
  }

  private say(message: Message): Promise<boolean> {
    return this.bus.publish(TOPIC, message);
  }
}
