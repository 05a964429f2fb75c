import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/newsreader/opsz.css";
import "@fontsource-variable/newsreader/opsz-italic.css";
import "./styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { partsNeed } from "../ui/lazy";
import "../ui/modality";
import { App, startRoute } from "./app";
import { startLanguage, wholeLanguage } from "./language";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
const screen = createRoot(root);
partsNeed(wholeLanguage);
startRoute();
void startLanguage().then(() => {
  screen.render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
