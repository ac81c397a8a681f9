# Sourced by the launch script for 'poolscope package': makes an image of Poolscope that runs without a JDK, for the system it is made on.
# Java's own jpackage does the work; it comes with the JDK on Linux, macOS and Windows (there run this from a Bash, such as Git's).

package() {
  local target="${1:-$root/app/target/package}" modules options=()
  [ -x "$JAVA_HOME/bin/jpackage" ] || [ -x "$JAVA_HOME/bin/jpackage.exe" ] || {
    echo "poolscope: the JDK in $JAVA_HOME has no jpackage; install the full JDK (Debian: its -jdk package, not -jdk-headless)" >&2
    return 3
  }
  case "$(uname -s)" in MINGW* | MSYS* | CYGWIN*) options+=(--win-console) ;; esac
  rm -rf "$target/poolscope" "$target/poolscope.app"
  mkdir -p "$target"
  # What the libraries use, as far as it can be seen in them, and what is looked up by name: unsafe memory and the file systems of archives.
  modules=$("$JAVA_HOME/bin/jdeps" --print-module-deps --ignore-missing-deps --multi-release 25 --recursive \
      --class-path "$home/lib/*" "$home"/lib/poolscope-*.jar),jdk.unsupported,jdk.zipfs,jdk.crypto.ec
  echo "poolscope: making the image with the modules $modules" >&2
  "$JAVA_HOME/bin/jpackage" --type app-image --name poolscope --dest "$target" --input "$home/lib" \
      --main-jar "$(basename "$home"/lib/poolscope-app-*.jar)" --main-class org.poolscope.app.Poolscope \
      --add-modules "$modules" --jlink-options "--strip-java-debug-attributes --no-man-pages --no-header-files" \
      --java-options "--enable-native-access=ALL-UNNAMED" --java-options "-XX:+UseSerialGC" \
      --java-options "-Dpoolscope.packaged=true" ${options[@]+"${options[@]}"} || return 3
  echo "$target/poolscope"
}
