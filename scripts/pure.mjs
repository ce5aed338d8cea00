/**
 * Tells bundlers that what a module computes when it is loaded may be left out where nobody uses the result, so that one published
 * file shakes as well as its sources do.
 *
 * Every call of an initializer gets the annotation that all bundlers know. They take reading a property, spreading and arithmetic
 * for effects too, so an initializer that does these becomes an annotated call of a function. Statements stay as they are.
 */
import { parseAst } from "rolldown/parseAst";

const PURE = "/* @__PURE__ */ ";

/** What runs later or never. */
const LATER = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|TS.*(Declaration|Annotation|Instantiation))$/;

/** @param hasEffects whether a module does something when it is loaded */
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

/** The nodes of an expression that are met when it is computed. */
function within(node, wanted, parent = null) {
  if (node === null || typeof node !== "object") return [];
  if (Array.isArray(node)) return node.flatMap((each) => within(each, wanted, parent));
  if (LATER.test(node.type)) return [];
  return [...(wanted(node, parent) ? [node] : []), ...Object.values(node).flatMap((child) => within(child, wanted, node))];
}
