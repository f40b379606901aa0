import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { AuditEntry } from "#common/domain/audit.ts";
import { call } from "../bridge/bridge.ts";

const PAGE = 200;

export interface AuditFilter {
  readonly text: string;
  readonly slug: string | null;
  readonly component: AuditEntry["component"] | null;
}

/** What the log holds of this, newest first, fetched page by page as it is scrolled to. */
export function useAudit(filter: AuditFilter) {
  const text = useDeferredValue(filter.text);
  const search = { text, slug: filter.slug, component: filter.component, since: null, until: null, limit: PAGE };
  const query = useInfiniteQuery({
    queryKey: ["audit.search", search],
    queryFn: ({ pageParam }) => call("audit.search", { ...search, offset: pageParam }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const loaded = pages.length * PAGE;
      return loaded < total ? loaded : undefined;
    },
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  return { query, entries: pages.flatMap((page) => page.entries), total: pages.at(-1)?.total ?? 0 };
}
