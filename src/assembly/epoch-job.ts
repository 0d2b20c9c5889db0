import {
  beginEpochChange,
  continueEpochChange,
  epochDueSpace,
  type JobContext,
} from "../records/index.ts";

/** Changes the epoch of the store key after key material was destroyed; goes on with a change begun. */
export async function changeEpochWhenDue(context: JobContext): Promise<void> {
  if (!(await continueEpochChange(context))) return;
  const due = await context.store.get(epochDueSpace, "current");
  if (due) await beginEpochChange(context, due);
}
