import { note } from "../errors/note.js";

/** A batch whose loss or gradients were not finite, and what `fit` did about it. */
export interface Incident {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Number of the batch in the epoch, from 0. */
  readonly batch: number;
  /** How many steps the optimizer had made. */
  readonly step: number;
  /** "the loss became NaN; first non-finite value in 1 (Dense)". */
  readonly what: string;
  /** "left out", or "rolled back to epoch 1, batch 101; learning rate 0.1 → 0.05". */
  readonly did: string;
}

/** Where in the training, counted from 1: "epoch 1, batch 3". */
export function placeText({ epoch, batch }: Pick<Incident, "epoch" | "batch">): string {
  return `epoch ${epoch + 1}, batch ${batch + 1}`;
}

/** The incidents that an error lists: the first ones and the last. */
export function listText(incidents: readonly Incident[]): string {
  const shown = incidents.map((incident) => `${placeText(incident)}: ${incident.what} (${incident.did})`);
  return (shown.length <= 4 ? shown : [...shown.slice(0, 2), `${shown.length - 3} more`, ...shown.slice(-1)]).join("; ");
}

/** Tells the user of an incident: of the first one of a training, of the 10th, the 100th, … @param count with this one */
export function tell(incident: Incident, count: number): void {
  if (!/^10*$/.test(String(count))) return;
  const which = count === 1 ? "" : `incident number ${count}, `;
  note(`fit: ${which}${placeText(incident)}: ${incident.what}; ${incident.did}. history.incidents names all.`);
}
