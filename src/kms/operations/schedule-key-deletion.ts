import { daysAfter } from "../../base/index.ts";
import { operation } from "../../service/index.ts";
import { validation } from "../errors.ts";
import { eventDate } from "../event-details.ts";
import { keyArn } from "../key-id.ts";
import { changeKey } from "../key-change.ts";
import { requireNotPendingDeletion } from "../key-state.ts";
import { PENDING_WINDOW_DAYS_MAX, PENDING_WINDOW_DAYS_MIN } from "../limits.ts";
import { keyOf, keyTarget } from "../target.ts";

/** Starts the window that ends with the key's material destroyed beyond recovery. */
export const scheduleKeyDeletion = operation({
  service: "kms",
  name: "ScheduleKeyDeletion",
  event: { category: "management", readOnly: false },
  details: {
    response: ({ KeyId, KeyState, DeletionDate }) => ({
      keyId: KeyId,
      keyState: KeyState,
      ...(DeletionDate && { deletionDate: eventDate(DeletionDate) }),
    }),
  },

  async targets({ KeyId, PendingWindowInDays = PENDING_WINDOW_DAYS_MAX }, scope) {
    const window = String(PendingWindowInDays);
    const conditions = [["kms:schedulekeydeletionpendingwindowindays", window]] as const;
    return [await keyTarget("kms:ScheduleKeyDeletion", KeyId, scope, { conditions })];
  },

  async handle({ PendingWindowInDays = PENDING_WINDOW_DAYS_MAX }, [target], { clock }) {
    const days = PendingWindowInDays;
    if (days < PENDING_WINDOW_DAYS_MIN || days > PENDING_WINDOW_DAYS_MAX) {
      throw validation("PendingWindowInDays must be between 7 and 30");
    }
    const key = keyOf(target);
    requireNotPendingDeletion(key, ["Updating"]);
    const deletionDate = daysAfter(clock.now(), days);
    const deletesAt = deletionDate.getTime();
    return {
      output: {
        KeyId: keyArn(key),
        DeletionDate: deletionDate,
        KeyState: "PendingDeletion" as const,
        PendingWindowInDays: days,
      },
      change: changeKey(key, { ...key, state: "PendingDeletion", deletesAt }),
    };
  },
});
