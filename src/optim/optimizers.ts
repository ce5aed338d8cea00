/** The optimizers by their class names: what a string is looked up in. */

export { Adadelta, type AdadeltaOptions } from "./adadelta.js";
export { Adafactor, type AdafactorOptions } from "./adafactor.js";
export { Adagrad, type AdagradOptions } from "./adagrad.js";
export { Adamax, type AdamaxOptions } from "./adamax.js";
export { ASGD, type ASGDOptions } from "./asgd.js";
export * from "./common.js";
export { ConjugateGradient, type ConjugateGradientOptions } from "./conjugateGradient.js";
export { LAMB, type LAMBOptions } from "./lamb.js";
export { LARS, type LARSOptions } from "./lars.js";
export { LBFGS, type LBFGSOptions } from "./lbfgs.js";
export { Lion, type LionOptions } from "./lion.js";
export { Lookahead, type LookaheadOptions } from "./lookahead.js";
export { Muon, type MuonOptions } from "./muon.js";
export { Nadam, type NadamOptions } from "./nadam.js";
export { NewtonCG, type NewtonCGOptions } from "./newtonCG.js";
export { RAdam, type RAdamOptions } from "./radam.js";
export { Rprop, type RpropOptions } from "./rprop.js";
export { ASAM, type ASAMOptions, SAM, type SAMOptions } from "./sam.js";
export { SparseAdam, type SparseAdamOptions } from "./sparseAdam.js";
