/** The door `simdgrad/data`: what changes data on their way to a model, and what divides them. */

export type { Affine, Numbers } from "./data/affineScaler.js";
export type { CachedField } from "./data/cache/field.js";
export { type CachedOptions, cached } from "./data/cached.js";
export { type CachedBatch, type CachedBatchesOptions, CachedRows } from "./data/cachedRows.js";
export type { Categories } from "./data/categories.js";
export type { Cell, Cells } from "./data/cells.js";
export { CharTokenizer, type CharTokenizerJson, type CharTokenizerOptions } from "./data/charTokenizer.js";
export type { ColumnPart, TableLike } from "./data/columnTransformer.js";
export { type RandomCropOptions, randomCrop } from "./data/crop.js";
export type { TableRecord } from "./data/csv/source.js";
export { type CsvRecordsOptions, csvRecords } from "./data/csvRecords.js";
export { type CutoutOptions, cutout } from "./data/cutout.js";
export { DataStream, type Zipped } from "./data/dataStream.js";
export type { Draws } from "./data/draws.js";
export type { Extent } from "./data/extent.js";
export type { BlobLike, ByteStream, FileData } from "./data/files/source.js";
export { type RandomFlipOptions, randomFlip } from "./data/flip.js";
export type { Divisible, Fold, Labels, Selected } from "./data/folds.js";
export { type GenerateOptions, generate } from "./data/generate.js";
export { type GroupKFoldOptions, groupKFold } from "./data/groupKFold.js";
export type { ImageLabels } from "./data/imageFiles.js";
export { ImageFolder, type ImageFolderOptions, type ImageSplitOptions, imageFolder } from "./data/imageFolder.js";
export type { LabelledImage } from "./data/imageReader.js";
export type { Images } from "./data/images.js";
export type { Holey, HoleyCells, ImputerOptions } from "./data/imputer.js";
export type { JsonRecord } from "./data/jsonl/source.js";
export { jsonlRecords } from "./data/jsonlRecords.js";
export { type KFoldOptions, kFold } from "./data/kFold.js";
export type { LanguageModel } from "./data/languageModel.js";
export { type LoadImageOptions, loadImage } from "./data/loadImage.js";
export { type LoadTableOptions, loadTable } from "./data/loadTable.js";
export type { MaxAbsScalerOptions } from "./data/maxAbsScaler.js";
export type { MinMaxScalerOptions } from "./data/minMaxScaler.js";
export { type MixupOptions, mixup } from "./data/mixup.js";
export { normalize } from "./data/normalize.js";
export type { OneHotEncoderOptions } from "./data/oneHotEncoder.js";
export type { OrdinalEncoderOptions } from "./data/ordinalEncoder.js";
export type { ParquetData, SlicedBlob } from "./data/parquet/bytes.js";
export type { ParquetRecord } from "./data/parquet/source.js";
export { parquetRecords } from "./data/parquetRecords.js";
export type { PCAJson, PCAOptions } from "./data/pca.js";
export { Preprocessor, type PreprocessorClass, type PreprocessorJson, type Revive } from "./data/preprocessor.js";
export { type PreprocessorFromOptions, preprocessorFrom } from "./data/preprocessorFrom.js";
export * from "./data/preprocessors.js";
export type { RobustScalerOptions } from "./data/robustScaler.js";
export { type RandomRotationOptions, randomRotation } from "./data/rotation.js";
export {
  type Sequences,
  type StreamBatchesOptions,
  streamBatches,
  type Tokens,
  type WindowBatchesOptions,
  windowBatches,
} from "./data/sequences.js";
export { type SlidingWindowsOptions, slidingWindows, type Windows } from "./data/slidingWindows.js";
export type { StandardScalerOptions } from "./data/standardScaler.js";
export { type StratifiedKFoldOptions, stratifiedKFold } from "./data/stratifiedKFold.js";
export type { BalanceBy, Label } from "./data/stream/balance.js";
export type { Batched } from "./data/stream/batch.js";
export type { MakeRecords, Readable, Records } from "./data/stream/from.js";
export type { BadRecordPolicy } from "./data/stream/onBadRecord.js";
export type { BalanceOptions, MapOptions, SampleOptions, StreamBatchOptions } from "./data/stream/options.js";
export type { SampleEnd } from "./data/stream/sample.js";
export type { ColumnCells } from "./data/table/column.js";
export type { ColumnType } from "./data/table/columnType.js";
export { type GivenCell, Table, type TableOptions, type TableSplitOptions } from "./data/table.js";
export type { TextVectorizerOptions } from "./data/textVectorizer.js";
export { type TimeSeriesFoldsOptions, timeSeriesFolds } from "./data/timeSeriesFolds.js";
export { tokenCrossEntropy } from "./data/tokenCrossEntropy.js";
export type { Tokenizer } from "./data/tokenizer.js";
export { compose, type Transform } from "./data/transform.js";
export { type Transformed, type TransformedOptions, transformed } from "./data/transformed.js";
export { type WeightedSamplesOptions, weightedSamples } from "./data/weightedSamples.js";
export type { WhiteningJson, WhiteningOptions } from "./data/whitening.js";
export type { Dataset, Labelled, SplitOptions, ThreeWaySplitOptions } from "./io/dataset.js";
export { trainTestSplit, trainValidationTestSplit } from "./io/dataset.js";
export { RecordError, type RecordPlace } from "./io/recordError.js";
export { type StandardizeOptions, type Standardizer, standardize } from "./io/standardize.js";
