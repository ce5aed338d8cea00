/**
 * Marks the computations that a module does when it is loaded as free of effects. Bundlers can then leave out those whose results are
 * not used, so that tree shaking works as well on one published file as on its sources.
 *
 * Every call in an initializer gets the annotation that all bundlers know. Bundlers also take reading a property, spreading and
 * arithmetic for effects, so an initializer with one of these becomes an annotated call of a function. Statements are not changed.
 */
import { parseAst } from "rolldown/parseAst";

const PURE = "/* @__PURE__ */ ";

/** Nodes of the syntax tree whose code does not run when the module is loaded. */
const LATER = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|TS.*(Declaration|Annotation|Instantiation))$/;

/** The plugin. @param hasEffects tells whether a module has effects when it is loaded */
export function pure(hasEffects) {
  return {
    name: "pure",
    transform: {
      filter: { id: /\/src\/.*\.ts$/ },
      handler(code, id, { magicString }) {
        if (hasEffects(id)) return null;
        for (const initializer of initializers(parseAst(code, { lang: "ts" }, id).body)) {
          for (const call of within(initializer, isCall)) magicString.appendRight(call.start, PURE);
          if (within(initializer, reads).length === 0) continue;
          magicString.prependRight(initializer.start, `${PURE}(() => (`);
          magicString.prependLeft(initializer.end, "))()");
        }
        return { code: magicString };
      },
    },
  };
}

/** The values of a module's constants and of its classes' static fields. */
function initializers(body) {
  const declarations = body.map((statement) => statement.declaration ?? statement);
  return declarations.flatMap((node) => {
    if (node.type === "VariableDeclaration") return node.declarations.flatMap(({ init }) => init ?? []);
    if (node.type !== "ClassDeclaration") return [];
    return node.body.body.flatMap(({ type, static: ofClass, value }) => (type === "PropertyDefinition" && ofClass && value ? [value] : []));
  });
}

const isCall = ({ type }) => type === "CallExpression" || type === "NewExpression";

function reads({ type, expressions }, parent) {
  if (type === "MemberExpression") return !(parent && isCall(parent));
  if (type === "TemplateLiteral") return expressions.length > 0;
  return ["BinaryExpression", "SpreadElement", "TaggedTemplateExpression"].includes(type);
}

/** The wanted nodes of an expression that are evaluated together with it. */
function within(node, wanted, parent = null) {
  if (node === null || typeof node !== "object") return [];
  if (Array.isArray(node)) return node.flatMap((each) => within(each, wanted, parent));
  if (LATER.test(node.type)) return [];
  return [...(wanted(node, parent) ? [node] : []), ...Object.values(node).flatMap((child) => within(child, wanted, node))];
}
