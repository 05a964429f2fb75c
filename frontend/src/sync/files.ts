/** Files of a plan: sent with progress, and fetched with the link's token, which no address may carry. */
import { ApiError } from "./api";
import { list, number, ParseError, record, text } from "./parse";

/** Where an uploaded file goes: into a resource, new or there already, and onto a step. */
export interface FileTarget {
  readonly resource: string;
  readonly node?: string;
  readonly title?: string;
  readonly type?: string;
  readonly side?: string;
}

/** What the server takes. Sizes are bytes; `used` and `quota` are all files of the plan together. */
export interface FileLimits {
  readonly maxBytes: number;
  readonly used: number;
  readonly quota: number;
  /** Endings, with the dot. */
  readonly accepted: readonly string[];
}

const limits = record<FileLimits>({ maxBytes: number, used: number, quota: number, accepted: list(text) });

export interface PlanFiles {
  readonly limits: () => Promise<FileLimits>;
  /** Resolves once the file is stored and stands in the plan. `onProgress` is told the part sent, from 0 to 1. */
  readonly upload: (file: File, target: FileTarget, onProgress: (part: number) => void, signal: AbortSignal) => Promise<void>;
  readonly download: (sha256: string, name: string) => Promise<Blob>;
}

const failure = record({ error: record({ code: text, message: text }) });

function errorOf(status: number, answer: string): ApiError {
  try {
    const { error } = failure(JSON.parse(answer) as unknown, "");
    return new ApiError(status, error.code, error.message);
  } catch (cause) {
    if (cause instanceof ParseError || cause instanceof SyntaxError) return new ApiError(status, "error", `The server answered with status ${status}.`);
    throw cause;
  }
}

const unreachable = () => new ApiError(0, "unreachable", "The server can't be reached. Check the connection and try again.");

export function createFiles(planId: string, token: string): PlanFiles {
  const path = `/api/plans/${encodeURIComponent(planId)}/files`;
  const get = async (address: string): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(address, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
    } catch {
      throw unreachable();
    }
    if (!response.ok) throw errorOf(response.status, await response.text());
    return response;
  };
  return {
    limits: async () => limits((await (await get(path)).json()) as unknown, ""),
    // fetch doesn't tell how much of a body was sent.
    upload: (file, target, onProgress, signal) =>
      new Promise((resolve, reject) => {
        const query = new URLSearchParams({ name: file.name });
        for (const [key, value] of Object.entries(target) as [string, string | undefined][]) if (value !== undefined) query.set(key, value);
        const request = new XMLHttpRequest();
        request.open("POST", `${path}?${query.toString()}`);
        request.setRequestHeader("Authorization", `Bearer ${token}`);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        request.upload.onprogress = (event) => {
          if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
        };
        request.onload = () => {
          if (request.status === 201) resolve();
          else reject(errorOf(request.status, request.responseText));
        };
        request.onerror = () => reject(unreachable());
        request.onabort = () => reject(new ApiError(0, "cancelled", "Cancelled."));
        if (signal.aborted) {
          reject(new ApiError(0, "cancelled", "Cancelled."));
          return;
        }
        signal.addEventListener("abort", () => request.abort(), { once: true });
        request.send(file);
      }),
    download: async (sha256, name) => {
      const response = await get(`${path}/${sha256}?${new URLSearchParams({ name }).toString()}`);
      try {
        return await response.blob();
      } catch {
        throw unreachable();
      }
    },
  };
}
