import { useState, type SubmitEvent } from "react";
import type { Api } from "../../sync/api";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { DatePicker } from "../../ui/date-picker";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { useProblem } from "../../ui/problem";
import { useText } from "../../ui/text";
import "./copies.css";

/** What is to be made of a plan, with the rights of whose token `api` has. */
export interface Copy {
  readonly what: "duplicate" | "template";
  readonly plan: { readonly id: string; readonly title: string };
  readonly api: Api;
}

interface FormProps extends Omit<Copy, "what"> {
  readonly onClose: () => void;
}

interface CopyDialogProps {
  readonly copy: Copy;
  readonly onClose: () => void;
  /** Leads to a personal link on this page's own server. */
  readonly onOpen: (link: string) => void;
}

/** Asks what the new plan or template is called, and makes it. */
export default function CopyDialog({ copy, onClose, onOpen }: CopyDialogProps) {
  const form = { api: copy.api, plan: copy.plan, onClose };
  return copy.what === "duplicate" ? <DuplicateForm {...form} onOpen={onOpen} /> : <TemplateForm {...form} />;
}

/** Runs a form's request: one at a time, its failure in words. */
function useRequest() {
  const problem = useProblem();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const send = (work: () => Promise<void>) => (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailed(null);
    work().catch((cause: unknown) => {
      setFailed(problem(cause));
      setBusy(false);
    });
  };
  return { busy, failed, send };
}

function DuplicateForm({ api, plan, onClose, onOpen }: FormProps & { onOpen: (link: string) => void }) {
  const t = useText();
  const [title, setTitle] = useState("");
  const [date, setDate] = useState<string | null>(null);
  const { busy, failed, send } = useRequest();
  const submit = send(async () => {
    const made = await api.createPlan({ title: title.trim(), copyOf: plan.id, ...(date ? { anchor: { kind: "go-live", date } } : {}) });
    const own = made.links["owner"];
    if (own) onOpen(own);
  });
  return (
    <Dialog title={t("duplicate.title", { title: plan.title })} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <form className="copies-form" onSubmit={submit}>
        <p className="copies-text">{t("duplicate.text")}</p>
        <TextField label={t("duplicate.name")} value={title} onChange={setTitle} maxLength={200} autoFocus />
        <DatePicker
          label={t("create.date")}
          value={date}
          onChange={setDate}
          openLabel={t("date.open")}
          previousLabel={t("date.previous")}
          nextLabel={t("date.next")}
          clearLabel={t("due.clear")}
        />
        <FormEnd failed={failed} busy={busy || title.trim() === ""} go={t("duplicate.go")} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function TemplateForm({ api, plan, onClose }: FormProps) {
  const t = useText();
  const announce = useAnnounce();
  const [title, setTitle] = useState(plan.title);
  const [description, setDescription] = useState("");
  const [saved, setSaved] = useState(false);
  const { busy, failed, send } = useRequest();
  const submit = send(async () => {
    await api.saveTemplate({ plan: plan.id, title: title.trim(), description: description.trim() });
    setSaved(true);
    announce(t("template.saved"));
  });
  if (saved) {
    return (
      <Dialog title={title.trim()} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
        <div className="copies-form">
          <p>{t("template.saved")}</p>
          <div className="form-actions">
            <Button look="main" autoFocus onPress={onClose}>
              {t("template.done")}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("template.title", { title: plan.title })} closeLabel={t("action.close")} isOpen onOpenChange={onClose}>
      <form className="copies-form" onSubmit={submit}>
        <p className="copies-text">{t("template.text")}</p>
        <TextField label={t("template.name")} value={title} onChange={setTitle} maxLength={120} autoFocus />
        <TextField label={t("template.description")} value={description} onChange={setDescription} maxLength={300} />
        <FormEnd failed={failed} busy={busy || title.trim() === ""} go={t("template.go")} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function FormEnd({ failed, busy, go, onClose }: { failed: string | null; busy: boolean; go: string; onClose: () => void }) {
  const t = useText();
  return (
    <>
      {failed !== null && (
        <p className="form-error" role="alert">
          {failed}
        </p>
      )}
      <div className="form-actions">
        <Button look="main" type="submit" isDisabled={busy}>
          {go}
        </Button>
        <Button look="quiet" onPress={onClose}>
          {t("action.cancel")}
        </Button>
      </div>
    </>
  );
}
