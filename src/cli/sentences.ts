/** The two ways a command says no. Their messages are whole sentences for the person at the terminal. */

/** What was typed, or is in the environment, cannot be meant: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command is understood but cannot be done as things are: exit code 1. Says what to do. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
