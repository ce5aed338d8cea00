/** Writes a network as the bytes of an ONNX model (protocol buffers: https://protobuf.dev/programming-guides/encoding). */

const FLOAT = 1;
const OPERATORS = { relu: "Relu", tanh: "Tanh", sigmoid: "Sigmoid", softmax: "Softmax", flatten: "Flatten" };
const POOLS = { avgPool: "AveragePool", maxPool: "MaxPool" };

/** @returns {Uint8Array} a model from x to y */
export function modelBytes(layers, { x, parameters }) {
  const nodes = [];
  const names = parameters.map((_, i) => `p${i}`);
  let at = 0;
  layers.forEach(({ type, padding, size }, i) => {
    const from = i === 0 ? "x" : `h${i}`;
    const to = i === layers.length - 1 ? "y" : `h${i + 1}`;
    if (type === "linear") nodes.push(node("Gemm", [from, names[at++], names[at++]], to, [integer("transB", 1)]));
    else if (type === "conv") nodes.push(node("Conv", [from, names[at++], names[at++]], to, [integers("pads", Array(4).fill(padding))]));
    else if (type in POOLS)
      nodes.push(node(POOLS[type], [from], to, [integers("kernel_shape", [size, size]), integers("strides", [size, size])]));
    else if (type in OPERATORS) nodes.push(node(OPERATORS[type], [from], to));
    else throw new Error(`onnx: no operator for "${type}"`);
  });
  const classes = parameters.at(-1).shape[0];
  const graph = [
    ...nodes.flatMap((one) => bytes(1, one)),
    ...text(2, "network"),
    ...bytes(11, info("x", x.shape)),
    ...bytes(12, info("y", [x.shape[0], classes])),
  ];
  const initializers = parameters.map(({ values, shape }, i) => tensor(names[i], shape, values));
  const size = graph.length + initializers.reduce((sum, part) => sum + part.length, 0);
  const head = [...number(1, 8), ...bytes(8, number(2, 17)), ...tag(7, 2), ...varint(size), ...graph];
  return Buffer.concat([Uint8Array.from(head), ...initializers]);
}

function node(operator, inputs, output, attributes = []) {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(4, operator),
    ...attributes.flatMap((attribute) => bytes(5, attribute)),
  ];
}

function integer(name, value) {
  return [...text(1, name), ...number(3, value), ...number(20, 2)];
}

function integers(name, values) {
  return [...text(1, name), ...values.flatMap((value) => number(8, value)), ...number(20, 7)];
}

function info(name, shape) {
  const extents = shape.flatMap((extent) => bytes(1, number(1, extent)));
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, FLOAT), ...bytes(2, extents)]))];
}

/** The field of the graph for a parameter, with its raw values at the end. */
function tensor(name, shape, values) {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const head = [
    ...shape.flatMap((extent) => number(1, extent)),
    ...number(2, FLOAT),
    ...text(8, name),
    ...tag(9, 2),
    ...varint(raw.length),
  ];
  return Buffer.concat([Uint8Array.from([...tag(5, 2), ...varint(head.length + raw.length), ...head]), raw]);
}

const number = (field, value) => [...tag(field, 0), ...varint(value)];
const text = (field, value) => bytes(field, [...new TextEncoder().encode(value)]);
const bytes = (field, value) => [...tag(field, 2), ...varint(value.length), ...value];
const tag = (field, type) => varint(8 * field + type);

function varint(value) {
  const result = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) result.push((rest % 128) + 128);
  return [...result, rest];
}
