/** "Jul 10, 2023, 1:28:26 PM" */
const format = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});

/** As CloudTrail writes dates within responseElements. */
export function recordedDate(date: Date | undefined): string | undefined {
  // Node parts the hour from AM or PM by a narrow no-break space.
  return date && format.format(date).replace("\u202f", " ");
}
