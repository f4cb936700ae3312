/** In a program that runProgram runs: takes the input, says the answer, and ends whatever is still open. */
export async function answering<Input>(answer: (input: Input) => Promise<unknown>): Promise<void> {
  // what the bench handed over, see runProgram
  const input = JSON.parse(process.argv[2] ?? 'null') as Input;
  process.stdout.write(JSON.stringify(await answer(input)));
  process.exit(0);
}
