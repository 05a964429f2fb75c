import { useEffect, useId, useRef } from "react";
import { LIMITS, metricId, roleId, type MetricId } from "../../../plan/schema";
import {
  addMetric,
  METRIC_TEXTS,
  metricText,
  moveMetric,
  readMetrics,
  removeMetric,
  setMetricDate,
  setMetricRole,
  type MetricView,
} from "../../../plan/why";
import { useAnnounce } from "../../../ui/announcer";
import { Button, IconButton } from "../../../ui/button";
import { DateMenu } from "../../../ui/date-menu";
import { useDays } from "../../../ui/dates";
import { MenuButton, MenuItem, MenuSeparator } from "../../../ui/menu";
import { Select } from "../../../ui/select";
import { useText } from "../../../ui/text";
import { useReadable } from "../../../ui/use-readable";
import { useLive } from "../live";
import { useScreen } from "../screen";
import { typeInto } from "../text/rename";
import { SharedField } from "../text/shared-field";

const NOBODY = "-";

/** The numbers that tell whether it worked: a table, on a phone a card each. */
export function Metrics() {
  const t = useText();
  const { plan, rights } = useScreen();
  const metrics = useLive([plan.metrics], () => readMetrics(plan));
  const fresh = useRef<MetricId | null>(null);
  const table = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (fresh.current === null) return;
    const field = table.current?.querySelector<HTMLElement>(`[data-field="metric:${CSS.escape(fresh.current)}:name"]`);
    if (field) {
      fresh.current = null;
      field.focus();
    }
  }, [metrics]);
  return (
    <section className="case-section" aria-labelledby={id}>
      <h2 id={id} className="page-heading">
        {t("metric.title")}
      </h2>
      {metrics.length === 0 ? (
        <p className="rich-empty">{t(rights.write ? "metric.none" : "case.empty")}</p>
      ) : (
        <div ref={table} className="metrics" role="table" aria-labelledby={id}>
          <div className="metrics-head" role="row">
            {METRIC_TEXTS.map((key) => (
              <span key={key} role="columnheader">
                {t(`metric.${key}`)}
              </span>
            ))}
            <span role="columnheader">{t("metric.date")}</span>
            <span role="columnheader">{t("metric.role")}</span>
            {rights.write && (
              <span role="columnheader">
                <span className="visually-hidden">{t("metric.actions")}</span>
              </span>
            )}
          </div>
          {metrics.map((metric, index) => (
            <Row key={metric.id} metric={metric} first={index === 0} last={index === metrics.length - 1} />
          ))}
        </div>
      )}
      {rights.write && (
        <Button look="quiet" icon="plus" className="metrics-add" onPress={() => (fresh.current = addMetric(plan))}>
          {t("metric.add")}
        </Button>
      )}
    </section>
  );
}

function Row({ metric, first, last }: { metric: MetricView; first: boolean; last: boolean }) {
  const t = useText();
  const days = useDays();
  const announce = useAnnounce();
  const { plan, store, rights } = useScreen();
  const roles = useReadable(store.roles);
  const id = metricId(metric.id);
  const name = metric.name || t("metric.untitled");
  const owner = roles.find((role) => role.id === roleId(metric.role));
  const date = metric.date === "" ? t("metric.noDate") : days.format(metric.date);
  return (
    <div className="metric" role="row" data-metric={metric.id} data-goto={`metric:${metric.id}`}>
      {METRIC_TEXTS.map((key) => {
        const text = metricText(plan, id, key);
        const field = `metric:${metric.id}:${key}`;
        return (
          <span key={key} role="cell" className={`metric-cell metric-${key}`}>
            <span className="metric-label" aria-hidden="true">
              {t(`metric.${key}`)}
            </span>
            {rights.write && text ? (
              <SharedField
                text={text}
                label={t("metric.of", { field: t(`metric.${key}`), name })}
                placeholder={t(`metric.${key}Placeholder`)}
                maxLength={LIMITS.metricText}
                fieldId={field}
                onSplice={(target, splice) => typeInto(target, splice, field)}
                onKeyDown={(event) => {
                  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
                  event.preventDefault();
                  const element = event.currentTarget;
                  if (moveMetric(plan, id, event.key === "ArrowUp" ? "up" : "down")) {
                    announce(t("metric.moved", { name }));
                    requestAnimationFrame(() => element.focus());
                  }
                }}
              />
            ) : (
              metric[key] || "–"
            )}
          </span>
        );
      })}
      <span role="cell" className="metric-cell">
        <span className="metric-label" aria-hidden="true">
          {t("metric.date")}
        </span>
        {rights.write ? (
          <DateMenu
            label={t("metric.of", { field: t("metric.date"), name })}
            buttonLabel={t("metric.changeDate", { name, date })}
            className="button button-quiet button-small"
            value={metric.date || null}
            onChange={(next) => setMetricDate(plan, id, next)}
            previousLabel={t("date.previous")}
            nextLabel={t("date.next")}
            clearLabel={t("due.clear")}
          >
            {date}
          </DateMenu>
        ) : (
          date
        )}
      </span>
      <span role="cell" className="metric-cell">
        <span className="metric-label" aria-hidden="true">
          {t("metric.role")}
        </span>
        {rights.write ? (
          <Select
            label={t("metric.of", { field: t("metric.role"), name })}
            hideLabel
            value={metric.role === "" ? NOBODY : metric.role}
            onChange={(next) => setMetricRole(plan, id, next === NOBODY ? null : next)}
            choices={[{ id: NOBODY, label: t("metric.nobody") }, ...roles.map((role) => ({ id: role.id, label: role.title }))]}
          />
        ) : (
          (owner?.title ?? "–")
        )}
      </span>
      {rights.write && (
        <span role="cell" className="metric-menu">
          <MenuButton
            aria-label={t("metric.menu", { name })}
            placement="bottom end"
            disabledKeys={[...(first ? ["up"] : []), ...(last ? ["down"] : [])]}
            onAction={(key) => {
              if (key === "up" || key === "down") {
                if (moveMetric(plan, id, key)) announce(t("metric.moved", { name }));
              } else {
                removeMetric(plan, id);
                announce(t("metric.removed", { name }));
              }
            }}
            button={<IconButton small icon="more" label={t("metric.menu", { name })} />}
          >
            <MenuItem id="up" icon="arrowUp">
              {t("metric.up")}
            </MenuItem>
            <MenuItem id="down" icon="arrowDown">
              {t("metric.down")}
            </MenuItem>
            <MenuSeparator />
            <MenuItem id="remove" icon="trash">
              {t("metric.remove")}
            </MenuItem>
          </MenuButton>
        </span>
      )}
    </div>
  );
}
