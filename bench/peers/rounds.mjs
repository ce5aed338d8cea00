/** Measures a workload in all libraries, in turns, so that a machine that slows down for a while slows all of them. */
import { othersShare } from "./others.mjs";
import { Peer } from "./peer.mjs";

/** The seconds of a turn, if a single step does not take longer. */
const TURN = 0.1;
const LEAST_SAMPLES = 3;
/**
 * A measurement is calm when the reference's p90 is below CALM medians, and other processes use at most a tenth of the cores before and
 * after. Otherwise all libraries are measured again, up to a limit.
 */
const CALM = 1.3;
const ALONE = 0.1;
const ATTEMPTS = 5;
/** The tolerance within which first losses, or numbers of a result, may differ by rounding. */
const TOLERANCE = 5e-3;

/**
 * Times are milliseconds of a step. `first` are three losses, or numbers of the result; `differs` says that they differ from the reference's.
 * @typedef {{ library: string, variant: string, median: number, min: number, p90: number, samples: number, peak?: number,
 *   first: number[], last?: number, differs?: boolean, note?: string }} Figure
 *
 * @typedef {{ workload: string, threads: number, figures: Figure[], absent: Record<string, string>, failed: Record<string, string>,
 *   calm: boolean, attempts: number }} Measured
 *
 * @param {import("./registry.mjs").Row[]} rows
 * @param {import("./peer.mjs").Job} job
 * @returns {Promise<Measured>}
 */
export async function measure(rows, job, seconds) {
  const result = { workload: job.workload.name, threads: job.threads, figures: [], absent: {}, failed: {}, calm: false, attempts: 0 };
  const entrants = await start(rows, job, result);
  try {
    let best = Infinity;
    while (entrants.length > 0 && !result.calm && result.attempts < ATTEMPTS) {
      result.attempts++;
      const before = await othersShare();
      await sample(entrants, seconds, result);
      const others = Math.max(before, await othersShare());
      const reference = referenceOf(entrants);
      if (reference === undefined) break; // All have failed.
      const unrest = quantile(reference.samples, 0.9) / quantile(reference.samples, 0.5);
      result.calm = unrest < CALM && others < ALONE;
      if (unrest + others >= best) continue;
      best = unrest + others;
      for (const entrant of entrants) entrant.kept = entrant.samples;
    }
    const { first } = referenceOf(entrants) ?? {};
    for (const entrant of entrants) result.figures.push(await figureOf(entrant, first));
  } finally {
    for (const { peer } of entrants) peer.end();
  }
  return { ...result, figures: bestOfVariants(result.figures) };
}

/** Starts the libraries one after the other and warms them up. Notes why a library takes no part. */
async function start(rows, job, { absent, failed }) {
  const entrants = [];
  for (const row of rows) {
    const peer = new Peer(row, job);
    try {
      const { first, absent: why } = await peer.answer();
      if (why === undefined) entrants.push({ row, peer, first, samples: [], kept: [] });
      else absent[row.name] = why;
      if (why !== undefined) peer.end();
    } catch (error) {
      failed[row.name] = error.message;
      peer.end();
    }
  }
  return entrants;
}

/** Takes turns until each library has had its seconds. */
async function sample(entrants, seconds, { failed }) {
  for (const entrant of entrants) {
    entrant.samples = [];
    entrant.until = 0;
  }
  let waiting = [...entrants];
  while (waiting.length > 0) {
    for (const entrant of waiting) {
      const began = performance.now();
      try {
        entrant.samples.push(...(await entrant.peer.ask({ seconds: TURN })).samples);
      } catch (error) {
        failed[entrant.row.name] = error.message;
        entrants.splice(entrants.indexOf(entrant), 1);
        entrant.until = Infinity;
      }
      entrant.until += (performance.now() - began) / 1e3;
    }
    waiting = waiting.filter(({ until, samples }) => until < seconds || (samples.length < LEAST_SAMPLES && until < Infinity));
    waiting.push(...waiting.splice(0, 1)); // Nobody always follows the same.
  }
}

/** The reference: PyTorch, or the first library that runs; of its variants the faster one. */
function referenceOf(entrants) {
  const torch = entrants.filter(({ row }) => (row.variantOf ?? row.name) === "PyTorch");
  return torch.sort((a, b) => quantile(a.samples, 0.5) - quantile(b.samples, 0.5))[0] ?? entrants[0];
}

async function figureOf({ row, peer, kept, first }, reference) {
  const peak = peer.peak();
  const { last } = await peer.ask({ end: true });
  const away = first.map((value, i) => Math.abs(value - reference[i]) > TOLERANCE * Math.max(1, Math.abs(reference[i])));
  return {
    library: row.variantOf ?? row.name,
    variant: row.name,
    median: quantile(kept, 0.5),
    min: Math.min(...kept),
    p90: quantile(kept, 0.9),
    samples: kept.length,
    peak,
    first,
    last: last ?? undefined,
    differs: row.note === undefined && away.some((far) => far),
    note: row.note,
  };
}

function bestOfVariants(figures) {
  const better = (one) => figures.every((other) => other.library !== one.library || other.median >= one.median);
  return figures.filter(better);
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.ceil(at)] - sorted[low]);
}
