// Loaded before the gateway (node --import): ends the process with SIGKILL right after the n-th COMMIT of the store, which
// is after the change is durable and before anyone is told of it. The product itself has no such switch.
import { DatabaseSync, StatementSync } from 'node:sqlite';

let left = Number(process.env.KILL_AFTER_COMMITS);

function dieAfterCommit(sql) {
  if (/^\s*(COMMIT|RELEASE)\b/i.test(sql) && --left === 0) process.kill(process.pid, 'SIGKILL');
}

const { exec, prepare } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql) {
  const result = exec.call(this, sql);
  dieAfterCommit(sql);
  return result;
};

const { run } = StatementSync.prototype;
const texts = new WeakMap();
DatabaseSync.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  texts.set(statement, sql);
  return statement;
};
StatementSync.prototype.run = function (...args) {
  const result = run.apply(this, args);
  dieAfterCommit(texts.get(this) ?? '');
  return result;
};
