import type { JobSession } from '@harmonia/job-engine';
import { ResultTickets } from './result-tickets.js';

const session: JobSession = { userId: 'ann', roles: [], scopes: [], expiresAt: null };
const grant = { jobId: 'j', attempt: 1, session };

describe('ResultTickets', () => {
  let now = 0;
  let tickets: ResultTickets;
  beforeEach(() => {
    now = Date.UTC(2026, 0, 1);
    tickets = new ResultTickets(() => now);
  });

  it('hands out a secret of 256 bits that stands for the grant', () => {
    const { ticket, expiresAt } = tickets.issue(grant);
    expect(Buffer.from(ticket, 'base64url')).toHaveLength(32);
    expect(expiresAt).toEqual(new Date(now + 60_000));
    expect(tickets.redeem(ticket, 'j')).toMatchObject(grant);
  });

  it('takes each ticket once', () => {
    const { ticket } = tickets.issue(grant);
    tickets.redeem(ticket, 'j');
    expect(() => tickets.redeem(ticket, 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
  });

  it('takes a ticket until 60 s have passed', () => {
    const [one, other] = [tickets.issue(grant), tickets.issue(grant)];
    now += 59_999;
    expect(tickets.redeem(one.ticket, 'j')).toMatchObject(grant);
    now += 1;
    expect(() => tickets.redeem(other.ticket, 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
  });

  it('ends a ticket with the session that asked for it', () => {
    const { ticket, expiresAt } = tickets.issue({ ...grant, session: { ...session, expiresAt: new Date(now + 5000) } });
    expect(expiresAt).toEqual(new Date(now + 5000));
    now += 5000;
    expect(() => tickets.redeem(ticket, 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
  });

  it('refuses a ticket of another job, which is used up then', () => {
    const { ticket } = tickets.issue(grant);
    expect(() => tickets.redeem(ticket, 'other')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
    expect(() => tickets.redeem(ticket, 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
  });

  it('keeps 10,000 tickets, the oldest giving way', () => {
    const issued = Array.from({ length: 10_001 }, () => tickets.issue(grant).ticket);
    expect(() => tickets.redeem(issued[0] ?? '', 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
    expect(tickets.redeem(issued[1] ?? '', 'j')).toMatchObject(grant);
  });

  it('makes room from tickets that are over', () => {
    const early = tickets.issue(grant).ticket;
    now += 60_000;
    const late = Array.from({ length: 10_000 }, () => tickets.issue(grant).ticket);
    expect(tickets.redeem(late[0] ?? '', 'j')).toMatchObject(grant);
    expect(() => tickets.redeem(early, 'j')).toThrow(expect.objectContaining({ code: 'ticket-invalid' }));
  });
});
