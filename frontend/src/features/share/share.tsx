import { useCallback, useEffect, useState } from "react";
import { type Api, type LinkInfo } from "../../sync/api";
import { useAnnounce } from "../../ui/announcer";
import { Avatar, colorFor } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { roleMessage } from "../../ui/roles";
import { Select } from "../../ui/select";
import { useProblem } from "../../ui/problem";
import { useText, type MessageId } from "../../ui/text";

/** A champion's link that comments and invites, but doesn't edit: the role with one right less. */
const CHAMPION_COMMENTS = "champion-comments";

/** Roles each role may hand out, the likeliest first. The server has the last word. */
const mayInvite: Record<string, readonly string[]> = {
  owner: ["buyer", "champion", CHAMPION_COMMENTS, "seller", "commenter", "viewer", "auditor", "owner"],
  seller: ["buyer", "champion", CHAMPION_COMMENTS, "seller", "commenter", "viewer", "auditor"],
  champion: ["buyer", "commenter", "viewer"],
  [CHAMPION_COMMENTS]: ["commenter", "viewer"],
};

/** What the link's holder is for these lists: the role, but for champions who don't edit. */
const standing = (role: string, edit: boolean) => (role === "champion" && !edit ? CHAMPION_COMMENTS : role);
const roleOf = (choice: string) => (choice === CHAMPION_COMMENTS ? "champion" : choice);

const canDo: Record<string, MessageId> = {
  owner: "share.canOwner",
  seller: "share.canEdit",
  buyer: "share.canEdit",
  champion: "share.canChampion",
  [CHAMPION_COMMENTS]: "share.canCommentInvite",
  commenter: "share.canComment",
  viewer: "share.canRead",
  auditor: "share.canAudit",
};

interface Sharing {
  api: Api;
  plan: string;
  /** Role and id of the person looking, and whether they may edit. */
  role: string;
  person: string;
  edit: boolean;
}

/** Who has a link to the plan; new links, and taking links back. */
export default function ShareDialog({
  isOpen,
  onOpenChange,
  ...sharing
}: Sharing & { isOpen: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useText();
  return (
    <Dialog title={t("share.title")} closeLabel={t("action.close")} isOpen={isOpen} onOpenChange={onOpenChange} wide>
      <Links {...sharing} />
    </Dialog>
  );
}

function Links({ api, plan, role, person, edit }: Sharing) {
  const t = useText();
  const invites = mayInvite[standing(role, edit)] ?? [];
  const announce = useAnnounce();
  const [links, setLinks] = useState<readonly LinkInfo[] | null>(null);
  const [failed, setFailed] = useState<string>();
  const problem = useProblem();
  const [made, setMade] = useState<{ url: string; role: string } | null>(null);
  const [revoking, setRevoking] = useState<string | null>(null);

  const load = useCallback(() => {
    api.links(plan).then(
      (list) => {
        setLinks(list);
        setFailed(undefined);
      },
      (cause: unknown) => setFailed(problem(cause)),
    );
  }, [api, plan, problem]);

  useEffect(load, [load]);

  const revoke = async (link: LinkInfo) => {
    try {
      await api.revokeLink(plan, link.id);
      announce(t("share.revoked"));
      setRevoking(null);
      load();
    } catch (cause) {
      setFailed(problem(cause));
    }
  };

  const live = links?.filter((link) => !link.revoked) ?? [];
  const joined = live.filter((link) => link.joined);
  const waiting = live.filter((link) => !link.joined);
  const row = (link: LinkInfo) => (
    <LinkRow
      key={link.id}
      link={link}
      isSelf={link.person === person}
      canRevoke={invites.includes(standing(link.role, link.edit))}
      asking={revoking === link.id}
      onAsk={(ask) => setRevoking(ask ? link.id : null)}
      onRevoke={() => void revoke(link)}
    />
  );

  return (
    <>
      {made ? (
        <div className="share-made" role="status">
          <p>{t("share.made", { role: t(roleMessage(made.role)) })}</p>
          <div className="share-url">
            <input className="field-input" readOnly value={made.url} aria-label={t("share.url")} onFocus={(event) => event.target.select()} />
            <CopyButton text={made.url} label={t("share.copyUrl")} />
          </div>
          <p className="field-hint">{t("share.once")}</p>
          <Button look="quiet" small onPress={() => setMade(null)}>
            {t("share.another")}
          </Button>
        </div>
      ) : (
        <NewLink
          api={api}
          plan={plan}
          roles={invites}
          onMade={(url, newRole) => {
            setMade({ url, role: newRole });
            load();
          }}
        />
      )}
      {failed && (
        <p className="form-error" role="alert">
          {failed}
        </p>
      )}
      {joined.length > 0 && (
        <section className="share-section">
          <h3 className="share-heading">{t("share.people")}</h3>
          <ul className="links">{joined.map(row)}</ul>
        </section>
      )}
      {waiting.length > 0 && (
        <section className="share-section">
          <h3 className="share-heading">{t("share.unused")}</h3>
          <ul className="links">{waiting.map(row)}</ul>
        </section>
      )}
    </>
  );
}

function LinkRow({
  link,
  isSelf,
  canRevoke,
  asking,
  onAsk,
  onRevoke,
}: {
  link: LinkInfo;
  isSelf: boolean;
  canRevoke: boolean;
  asking: boolean;
  onAsk: (ask: boolean) => void;
  onRevoke: () => void;
}) {
  const t = useText();
  const role = t(roleMessage(link.role));
  const name = link.name || t("share.unnamed", { role });
  return (
    <li className="link-row">
      <div className="link-person">
        <Avatar name={link.name || role} color={link.name ? colorFor(link.person || link.id) : "#5d6e76"} dim={!link.joined} />
        <div>
          <p className="link-role">
            {name}
            {isSelf && <span className="chip">{t("share.you")}</span>}
          </p>
          <p className="link-use">
            {role} · {t(canDo[standing(link.role, link.edit)] ?? "share.canRead")}
          </p>
        </div>
      </div>
      {!isSelf &&
        canRevoke &&
        (asking ? (
          <span className="link-ask">
            <Button look="danger" small onPress={onRevoke} autoFocus>
              {t("share.revokeSure")}
            </Button>
            <Button look="quiet" small onPress={() => onAsk(false)}>
              {t("action.cancel")}
            </Button>
          </span>
        ) : (
          <Button look="quiet" small aria-label={t("share.revokeOne", { name })} onPress={() => onAsk(true)}>
            {t("share.revoke")}
          </Button>
        ))}
    </li>
  );
}

function NewLink({
  api,
  plan,
  roles,
  onMade,
}: {
  api: Api;
  plan: string;
  roles: readonly string[];
  onMade: (url: string, role: string) => void;
}) {
  const t = useText();
  const problem = useProblem();
  const [role, setRole] = useState(roles[0] ?? "viewer");
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const link = { role: roleOf(role), ...(role === CHAMPION_COMMENTS ? { edit: false } : {}), ...(name.trim() ? { name: name.trim() } : {}) };
      onMade(await api.createLink(plan, link), link.role);
    } catch (cause) {
      setError(problem(cause));
    }
    setBusy(false);
  };
  return (
    <form
      className="share-new"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <TextField label={t("share.name")} placeholder={t("share.namePlaceholder")} value={name} onChange={setName} maxLength={80} error={error} />
      <Select
        label={t("share.role")}
        value={role}
        onChange={setRole}
        choices={roles.map((id) => ({ id, label: `${t(roleMessage(roleOf(id)))}, ${t(canDo[id] ?? "share.canRead")}` }))}
      />
      <Button look="main" type="submit" isDisabled={busy}>
        {t("share.make")}
      </Button>
    </form>
  );
}
