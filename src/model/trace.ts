import type { Profiler } from "./profiler.js";

/** The numbers of the lines on which a viewer shows kernels and work in JavaScript. */
const KERNELS = 1;
const JAVASCRIPT = 2;

/** Calls and spans in the JSON of Chrome's trace events. Times are in microseconds; "X" is an event with a duration, "M" a name. */
export function traceText({ calls, spans, dropped }: Profiler): string {
  const named = (name: string, tid: number, text: string) => ({ name, ph: "M", pid: 1, tid, ts: 0, args: { name: text } });
  const names = [
    named("process_name", KERNELS, "simdgrad"),
    named("thread_name", KERNELS, "kernels"),
    named("thread_name", JAVASCRIPT, "JavaScript"),
  ];
  const ofKernels = calls.map(({ kernel, turn, start, ms, threads, flops, bytes }) => ({
    name: turn?.op ?? kernel,
    cat: turn?.direction ?? "other",
    ph: "X",
    pid: 1,
    tid: KERNELS,
    ts: 1000 * start,
    dur: 1000 * ms,
    args: {
      kernel,
      ...(turn?.layer && { layer: turn.layer }),
      threads,
      ...(flops !== null && { flops }),
      ...(bytes !== null && { bytes }),
    },
  }));
  const ofJavaScript = spans.map(({ name, start, ms }) => ({
    name,
    cat: "javascript",
    ph: "X",
    pid: 1,
    tid: JAVASCRIPT,
    ts: 1000 * start,
    dur: 1000 * ms,
    args: {},
  }));
  return JSON.stringify({
    displayTimeUnit: "ms",
    otherData: { dropped },
    traceEvents: [...names, ...ofKernels, ...ofJavaScript],
  });
}
