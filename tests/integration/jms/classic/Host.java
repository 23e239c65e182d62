// ActiveMQ Classic on loopback: Host FOLDER PORT. AMQP on PORT, STOMP on the next, its own protocol on the one after that.
import org.apache.activemq.broker.BrokerService;
import org.apache.activemq.store.kahadb.KahaDBPersistenceAdapter;

public class Host {
	public static void main(String[] a) throws Exception {
		int port = Integer.parseInt(a[1]);
		BrokerService b = new BrokerService();
		b.setBrokerName("it");
		b.setDataDirectory(a[0] + "/data");
		b.setUseJmx(false);
		b.setPersistent(true);
		b.setSchedulerSupport(false);
		b.getSystemUsage().getStoreUsage().setLimit(64 << 20);
		b.getSystemUsage().getTempUsage().setLimit(64 << 20);
		((KahaDBPersistenceAdapter) b.getPersistenceAdapter()).setJournalMaxFileLength(8 << 20);
		b.addConnector("amqp://127.0.0.1:" + port + "?transport.transformer=jms");
		b.addConnector("stomp://127.0.0.1:" + (port + 1));
		b.addConnector("tcp://127.0.0.1:" + (port + 2));
		b.start();
		b.waitUntilStarted();
		System.out.println("ready");
		b.waitUntilStopped();
	}
}
