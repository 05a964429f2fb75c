// One lint rule: imports point down the layers, and features do not import each other.
import { dirname, relative, resolve, sep } from "node:path";

const src = resolve(import.meta.dirname, "../src");

/** What each layer may import besides itself. */
const below = {
  plan: [],
  sync: ["plan"],
  ui: [],
  features: ["plan", "sync", "ui"],
  app: ["plan", "sync", "ui", "features"],
};

const reasons = {
  plan: "plan is the document alone: it knows nothing of sockets or screens",
  sync: "sync moves the document: it knows nothing of screens",
  ui: "ui holds parts any program could use: it knows nothing of plans",
  features: "app composes features, never the other way round",
};

/** The layer a file is in, and its feature when it is in one; undefined outside src. */
function place(file) {
  const [layer, feature] = relative(src, file).split(sep);
  return layer in below ? { layer, feature: layer === "features" ? feature : undefined } : undefined;
}

const importsPointDown = {
  meta: { type: "problem", schema: [], messages: { up: "{{reason}}" } },
  create(context) {
    const here = place(context.filename);
    if (!here) return {};
    const check = (node) => {
      const name = node.source?.value;
      if (typeof name !== "string" || !name.startsWith(".")) return;
      const there = place(resolve(dirname(context.filename), name));
      if (!there) return;
      if (there.layer !== here.layer && !below[here.layer].includes(there.layer)) {
        context.report({ node, messageId: "up", data: { reason: reasons[here.layer] ?? `${here.layer} may not import ${there.layer}` } });
      } else if (there.feature !== here.feature && here.feature !== undefined && there.feature !== undefined) {
        context.report({ node, messageId: "up", data: { reason: "features do not import each other: what two need moves down to ui or plan" } });
      }
    };
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

export default { rules: { "imports-point-down": importsPointDown } };
