/**
 * Somebody else's editor: stock TipTap, its own collaboration extension, y-websocket's own provider. It
 * shares no line with Coplan's front end. Address: `?server=ws://HOST/ws&doc=plan/ID&token=TOKEN`.
 */
import { Editor } from "@tiptap/core";
import Blockquote from "@tiptap/extension-blockquote";
import Bold from "@tiptap/extension-bold";
import Collaboration from "@tiptap/extension-collaboration";
import CollaborationCaret from "@tiptap/extension-collaboration-caret";
import Document from "@tiptap/extension-document";
import HardBreak from "@tiptap/extension-hard-break";
import Heading from "@tiptap/extension-heading";
import Italic from "@tiptap/extension-italic";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import Paragraph from "@tiptap/extension-paragraph";
import Text from "@tiptap/extension-text";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const params = new URLSearchParams(location.search);
const doc = new Y.Doc();
const provider = new WebsocketProvider(params.get("server") ?? "", params.get("doc") ?? "", doc, {
  params: { token: params.get("token") ?? "" },
});
const editor = new Editor({
  element: document.getElementById("editor"),
  extensions: [
    Document,
    Paragraph,
    Text,
    Heading,
    Bold,
    Italic,
    Blockquote,
    HardBreak,
    BulletList,
    OrderedList,
    ListItem,
    Collaboration.configure({ document: doc, field: "summary" }),
    CollaborationCaret.configure({ provider, user: { name: "Not my real name", color: "#ff0000" } }),
  ],
  editorProps: { attributes: { "aria-label": "Stock summary", role: "textbox" } },
});
provider.on("sync", (synced: boolean) => {
  document.body.dataset["synced"] = String(synced);
});
Object.assign(window, { editor, provider, doc });
