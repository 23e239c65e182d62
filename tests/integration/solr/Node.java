// One Solr node that serves HTTP on loopback: java -cp 'LIB/*' Node.java HOME PORT
import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

public class Node {
    public static void main(String[] arguments) throws Exception {
        JettyConfig config = new JettyConfig.Builder()
            .setContext("/solr")
            .setPort(Integer.parseInt(arguments[1]))
            .useOnlyHttp1(true)
            .stopAtShutdown(true)
            .waitForLoadingCoresToFinish(30000L)
            .build();
        new JettySolrRunner(arguments[0], config).start();
        System.out.println("ready");
        Thread.currentThread().join();
    }
}
