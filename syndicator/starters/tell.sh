# What mostly heals by itself is told when two builds in a row saw it.
case "$STATUS-$CODE-$BEFORE" in
  success-3-3 | success-6-6) ;;
  success-[36]-*) exit 0 ;;
esac
over=no # whether other problems are: a build that got nowhere knows nothing of them
case "$STATUS-$CODE" in
  success-0) problem="" over=yes ;;
  success-2) problem="the configuration or the environment is wrong" ;;
  success-3) problem="some targets or feeds failed" over=yes ;;
  success-4) problem="a target is held" over=yes ;;
  success-5) problem="the API refused the key" ;;
  success-6) problem="the API could not be reached" ;;
  success-*) problem="it ended with exit code $CODE" ;;
  *) problem="the workflow failed" ;;
esac
told=no
issues=$(gh issue list --label syndicator --state open --limit 100 \
  --json number,title --jq '.[] | "\(.number) \(.title)"')
while read -r number title; do
  case "$title" in
    "$KIND: $problem") told=yes ;;
    "$KIND: "*)
      if [ "$over" = yes ]; then gh issue close "$number" --comment "This is over. $RUN"; fi ;;
  esac
done <<<"$issues"
if [ "$problem" ] && [ "$told" = no ]; then
  gh label create syndicator --force --description "Told by the showroom's workflow"
  # Indented, so that no word of a seller or of the API is markup or calls somebody.
  printf '%s\n\n' "$RUN" >issue.md
  if [ -e said.txt ]; then tail -n 100 said.txt | cut -c 1-500 | sed 's/^/    /' >>issue.md; fi
  gh issue create --label syndicator --title "$KIND: $problem" --body-file issue.md
fi
