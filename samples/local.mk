# Sample streams, installed so that a first call has something to show. samples/make writes them anew.
samplesdir = $(pkgdatadir)/samples
dist_samples_DATA = samples/web.ndjson samples/orders.csv samples/access.log samples/app.logfmt
samplesodddir = $(pkgdatadir)/samples/odd
dist_samplesodd_DATA = \
	samples/odd/changing.ndjson \
	samples/odd/empty.json \
	samples/odd/hostile.ndjson \
	samples/odd/mixed.log \
	samples/odd/no-header.tsv \
	samples/odd/semicolon-bom-crlf.csv \
	samples/odd/torn.csv
EXTRA_DIST += samples/make
