/** Property tests go the same way every time; COPLAN_SEED has them go another. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env["COPLAN_SEED"] ?? 1) });
