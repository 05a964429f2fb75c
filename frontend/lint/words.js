// One lint rule: what people read stands in the message catalogue, not in the components.

/** Attributes that are read out or shown. */
const SHOWN = new Set(["alt", "aria-label", "aria-roledescription", "aria-valuetext", "closeLabel", "hint", "label", "placeholder", "title", "data-hint"]);

/** Two letters in a row: signs, digits and single letters are nobody's language. */
const isWords = (text) => /\p{L}{2}/u.test(text);

/** The same everywhere: the product's name and the beginning of an address. An id of the catalogue is no text. */
const NAMES = new Set(["Coplan", "https://"]);
const isId = (text) => /^\w+(?:\.[\w-]+)+$/.test(text);

const fromCatalogue = {
  meta: { type: "problem", schema: [], messages: { words: "“{{text}}” is for people: put it into src/app/messages, in every language" } },
  create(context) {
    const check = (node, text) => {
      const plain = text.trim();
      if (isWords(plain) && !NAMES.has(plain) && !isId(plain)) context.report({ node, messageId: "words", data: { text: plain } });
    };
    /** Strings that an expression can come to. */
    const strings = (node) => {
      switch (node?.type) {
        case "Literal":
          if (typeof node.value === "string") check(node, node.value);
          break;
        case "TemplateLiteral":
          for (const part of node.quasis) check(node, part.value.cooked);
          break;
        case "ConditionalExpression":
          strings(node.consequent);
          strings(node.alternate);
          break;
        case "LogicalExpression":
          strings(node.left);
          strings(node.right);
          break;
        case "JSXExpressionContainer":
          strings(node.expression);
          break;
      }
    };
    return {
      JSXText: (node) => check(node, node.value),
      "JSXElement > JSXExpressionContainer": strings,
      JSXAttribute: (node) => {
        const name = node.name.type === "JSXNamespacedName" ? "" : node.name.name;
        if (SHOWN.has(name)) strings(node.value);
      },
      'CallExpression[callee.name="announce"]': (node) => strings(node.arguments[0]),
    };
  },
};

export default { rules: { "from-catalogue": fromCatalogue } };
