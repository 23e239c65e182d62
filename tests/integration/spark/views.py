"""Views over the samples: what is asked, as weir's arguments. A source comes last."""
WEB, ORDERS, LOG, APP = "web", "orders", "access", "app"
BOTH = "web+app"


def of(source, *calls):
    return [(source, call.split("|")) for call in calls]


VIEWS = of(
    WEB,
    "-m|count", "-g|service", "-g|service|-m|count,avg(latency_ms),min(latency_ms),max(latency_ms)", "-g|service,method|-n|5",
    "-g|service|-m|sum(bytes),avg(bytes),stddev(bytes),variance(latency_ms)", "-g|service|-m|p50(latency_ms),p95(latency_ms),p99.9(latency_ms)",
    "-g|service|-m|p50(bytes),median(status)", "-m|p95(latency_ms),p99(latency_ms)", "-g|service|-m|first(path),last(path),first(user),last(latency_ms)",
    "-m|first(error),last(error)", "-g|service|-m|distinct(user),distinct(status),distinct(latency_ms)", "-m|distinct(user),distinct(time),distinct(status >= 500)",
    "-g|service|-m|rate,rate(bytes)", "-m|rate,rate(latency_ms)", "-g|service|-m|count where status >= 500 as bad,avg(latency_ms) where method = 'GET'",
    "-g|service|-m|sum(bytes) where status = 200,first(path) where status >= 400,p95(latency_ms) where region like 'eu%'",
    "-w|status >= 500", "-w|status >= 500|-g|service|-m|count", "-w|error is not null|-g|error", "-w|null|-m|count", "-w|status >= 500|-w|latency_ms > 50|-m|count",
    "-w|service in ('cart', 'search') or status = 404|-g|service,status", "-g|case when status >= 500 then 'bad' else 'ok' end as state",
    "-g|bucket(latency_ms, 50) as b|-m|count|-s|b asc", "-g|log_bucket(bytes) as b|-m|count", "-g|bucket(time, interval '5' minute) as t|-m|count|-s|t",
    "-g|date_trunc('hour', time) as t,service|-m|count", "-g|split_part(path, '/', 2) as p", "-g|upper(service) as s|-m|count", "-g|status >= 500 as bad|-m|count",
    "-g|2 as two|-m|count", "-g|'x' as x,service|-m|count", "-g|null as n|-m|count", "-g|length(path) as l|-m|avg(latency_ms)|-n|3",
    "-W|tumbling 1m|-m|count", "-W|tumbling 5m|-g|service|-m|count,p95(latency_ms)|-n|2", "-W|tumbling 1m|-g|service|-m|rate,rate(bytes)",
    "-W|hopping 5m by 1m|-g|service|-m|count", "-W|hopping 5m by 2m|-m|count,avg(bytes)", "-W|tumbling 7d|-m|count", "-W|tumbling 250ms|-m|count|-w|service = 'cart'",
    "-W|tumbling 5m|-g|service|-m|count|-s|window_start,count|-n|4", "-W|tumbling 5m|-g|service|-m|first(user),last(user)", "-W|tumbling 5m|-g|service|-m|distinct(user)",
    "-W|5m|-m|count", "-W|5m|-g|service|-m|count,rate", "-W|5m|-w|status >= 500|-g|service|-m|count", "-W|5m|--at|2026-11-22T10:07:00Z|-g|service|-m|count,rate",
    "-W|since 2026-11-22T10:05:00Z|-g|service|-m|count,sum(bytes),rate", "-W|rows 100|-g|service|-m|count", "-W|rows 100|-m|avg(bytes),rate,first(user)",
    "-W|rows 50|--at|2026-11-22T10:07:00Z|-g|service|-m|count", "-W|rows 70|-w|status >= 500|-g|service|-m|count,last(path)",
    "-d|bytes=bytes*2|-g|service|-m|sum(bytes)", "-d|bytes=bytes*2|-d|y=bytes+1|-m|sum(y)", "-d|x=bytes+1|-d|x=x*2|-m|sum(x),max(x)",
    "-d|time=time + interval '1' hour|-W|tumbling 5m|-m|count,min(time)", "-d|a=bytes/2|-d|b=latency_ms*2|-m|sum(a),sum(b)", "-d|a=bytes|-d|b=a+1|-d|c=b+1|-g|service|-m|max(c)",
    "-d|p='^/c.*'|-w|path rlike p|-g|service", "-d|SERVICE=upper(service)|-g|SERVICE,service", "-d|late=time > '2026-11-22T10:05:00Z'|-g|late|-m|count",
    "-d|gap=time - timestamp '2026-11-22T10:00:00Z'|-m|max(gap),min(gap)", "-m|max(time - timestamp '2026-11-22T10:00:00Z')", "-m|min(time),max(time)",
    "-g|time - timestamp '2026-11-22' > interval '10' hour as l|-m|count", "-g|service|-s|service desc|-m|count", "-g|service,method|-s|avg(latency_ms) desc,method|-m|avg(latency_ms),count|-n|7",
    "-g|service|-m|count|-s|count asc|-n|3", "-g|user|-m|count|-n|10", "-g|error|-m|count", "-g|region|-m|count(error),count", "-g|_stream|-m|count",
    "-g|extract(minute from time) as m|-m|count|-s|m", "-g|regexp_extract(path, '^/([a-z]+)') as r|-m|count", "-w|path like '/c%'|-g|path", "-w|not (status = 200)|-g|status",
    "-w|user rlike '[0-4]$'|-g|method|-m|count", "-m|sum(bytes * 1000000000),max(bytes * 9000000000000)", "-m|min(path),max(path),min(status >= 500)", "-g|service|-m|avg(case when status >= 500 then 1 else 0 end) as share",
) + of(
    ORDERS,
    "-m|count", "-g|fruit|-m|count,sum(quantity),sum(price)", "-g|fruit|-m|avg(price),p95(price),stddev(quantity)", "-g|region,paid|-m|count", "-W|tumbling 1h|-g|fruit|-m|sum(quantity)",
    "-g|paid|-m|count,distinct(customer)", "-w|note is not null|-m|count", "-g|fruit|-m|sum(quantity * price) as revenue|-n|3", "-g|postcode|-m|count|-n|5", "-g|fruit|-m|first(note),last(note)",
    "-w|not paid|-g|region|-m|count,rate", "-d|total=round(quantity * price, 2)|-g|fruit|-m|max(total),min(total)", "-w|price between 1 and 2.5|-m|count", "-g|bucket(price, 0.5) as b|-m|count|-s|b",
) + of(
    LOG,
    "-m|count", "-g|status|-m|count,sum(bytes)", "-g|method,status|-m|count|-n|6", "-W|tumbling 10m|-m|count,sum(bytes)", "-w|status >= 400|-g|path|-n|5", "-g|host|-m|distinct(path)|-n|4",
    "-g|bucket(bytes, 1000) as b|-m|count|-s|b", "-m|count(ident),count(user),max(bytes),avg(bytes)", "-w|agent like '%Mozilla%'|-m|count", "-g|split_part(protocol, '/', 2) as v",
) + of(
    APP,
    "-g|level", "-g|level,app|-m|count,avg(duration_ms)", "-g|app|-m|p95(duration_ms),max(attempt)", "-w|slow|-m|count", "-w|err is not null|-g|err", "-W|tumbling 5m|-g|level|-m|count",
    "-g|slow|-m|count", "-g|coalesce(job, path, '-') as what|-m|count|-n|5", "-m|count(duration_ms),count(attempt),sum(attempt),avg(attempt)", "-W|rows 200|-g|level|-m|count",
) + of(
    BOTH,
    "-g|_stream|-m|count", "-m|count,max(status)", "-W|tumbling 5m|-g|_stream|-m|count", "-g|_stream|-m|first(path),last(path)", "-g|status|-m|count|-n|5", "-d|s=status + 1|-g|_stream|-m|sum(s),rate",
    "-W|rows 300|-g|_stream|-m|count", "-W|10m|-g|_stream|-m|count", "-d|path=upper(path)|-g|_stream|-m|distinct(path)",
)
