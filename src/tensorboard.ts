/** The door `simdgrad/tensorboard`: event files that TensorBoard shows. */

export type { HParam } from "./tensorboard/summaries.js";
export { SummaryWriter } from "./tensorboard/summaryWriter.js";
export { TensorBoard, type TensorBoardOptions } from "./tensorboard/tensorBoard.js";
